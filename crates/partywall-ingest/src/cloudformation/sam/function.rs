//! [`AWS::Serverless::Function`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html)

use serde_json::json;

use super::role::Role;
use super::{CODE, Expansion, Source, alphanumeric, copied, s3_object, same, with_tags};
use crate::cloudformation::node::Node;

/// The key of the tag by which SAM marks what it creates.
const MARK: &str = "lambda:createdBy";

/// Properties that Lambda knows by the same name.
const SAME: [&str; 24] = [
    "Architectures",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "Description",
    "DurableConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "FunctionScalingConfig",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "TenancyConfig",
    "Timeout",
];

/// What an event of a function needs to know of it.
pub(super) struct Target {
    /// What is invoked: the function's ARN, or that of its alias.
    pub(super) arn: Node,
    /// What a permission names: the function, or its alias.
    pub(super) name: Node,
}

impl Expansion<'_> {
    pub(super) fn function(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let target = self.alias(source, &properties);
        let managed = vec!["AWSLambdaBasicExecutionRole".into()];
        let mut role = Role { principal: "lambda.amazonaws.com", mark: MARK, managed, inline: Vec::new() };
        if properties.get("VpcConfig").is_some() {
            role.managed.push("AWSLambdaVPCAccessExecutionRole".into());
        }
        if self.known_text(properties.get("Tracing")).is_some_and(|mode| mode == "Active" || mode == "PassThrough") {
            role.managed.push("AWSXrayWriteOnlyAccess".into());
        }
        self.dead_letters(source, &properties, &mut role);
        for policy in self.function_events(source, &properties, &target) {
            if !role.managed.iter().any(|known| known == policy) {
                role.managed.push(policy.into());
            }
        }
        let role_arn = self.role_or_own(source, &properties, role);
        let function = self.function_properties(source, &properties).with("Role", role_arn);
        self.primary(source, "AWS::Lambda::Function", function);
        self.function_url(source, &properties, &target);
        if properties.get("DeploymentPreference").is_some() {
            self.gap(
                source,
                format!(
                    "the deployment and its role that `DeploymentPreference` of `{}` creates are not read",
                    source.id
                ),
            );
        }
        if let Some(invoke) = properties.get("EventInvokeConfig") {
            let destinations = invoke.get("DestinationConfig").map(Node::entries).unwrap_or_default();
            if destinations.iter().any(|entry| entry.value.get("Destination").is_none()) {
                self.gap(
                    source,
                    format!("the queue or topic that `EventInvokeConfig` of `{}` creates is not read", source.id),
                );
            }
            let qualifier =
                properties.get("AutoPublishAlias").cloned().unwrap_or_else(|| source.node(&json!("$LATEST")));
            let config = source.node(&json!({"FunctionName": {"Ref": source.id}})).with("Qualifier", qualifier);
            let names = same(&["MaximumEventAgeInSeconds", "MaximumRetryAttempts", "DestinationConfig"]);
            self.generate(
                source,
                &format!("{}EventInvokeConfig", source.id),
                "AWS::Lambda::EventInvokeConfig",
                copied(config, invoke, &names),
            );
        }
    }

    fn function_properties(&self, source: &Source<'_>, properties: &Node) -> Node {
        let mut out = copied(source.node(&json!({})), properties, &same(&SAME));
        out = copied(out, properties, &[("VpcConfig", "VpcConfig")]);
        let empty = source.node(&json!({}));
        let code = copied(empty.clone(), properties, &[("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")]);
        let code = properties.get("CodeUri").and_then(|uri| s3_object(uri, CODE)).unwrap_or(code);
        out = out.with("Code", code);
        if let Some(mode) = properties.get("Tracing") {
            out = out.with("TracingConfig", Node::map(mode, [("Mode", mode.clone())]));
        }
        if let Some(queue) = properties.get("DeadLetterQueue") {
            out = out.with("DeadLetterConfig", copied(empty, queue, &[("TargetArn", "TargetArn")]));
        }
        with_tags(source, out, properties.get("Tags"), Some(MARK))
    }

    fn dead_letters(&self, source: &Source<'_>, properties: &Node, role: &mut Role<'_>) {
        let Some(queue) = properties.get("DeadLetterQueue") else { return };
        let action = match self.known_text(queue.get("Type")).as_deref() {
            Some("SNS") => "sns:Publish",
            _ => "sqs:SendMessage",
        };
        let target = queue.get("TargetArn").cloned().unwrap_or_else(|| source.node(&json!(null)));
        let statement = source.node(&json!({"Effect": "Allow", "Action": [action]})).with("Resource", target);
        role.inline.push(("DeadLetterQueuePolicy".into(), Node::list(source.place(), [statement])));
    }

    /// Generates the version and the alias of `AutoPublishAlias`, and says what events invoke.
    fn alias(&mut self, source: &Source<'_>, properties: &Node) -> Target {
        let id = source.id;
        let Some(name) = properties.get("AutoPublishAlias") else {
            return Target {
                arn: source.node(&json!({"Fn::GetAtt": [id, "Arn"]})),
                name: source.node(&json!({"Ref": id})),
            };
        };
        let version = format!("{id}Version");
        self.generate(source, &version, "AWS::Lambda::Version", source.node(&json!({"FunctionName": {"Ref": id}})));
        let known = self.known_text(Some(name)).unwrap_or_default();
        let alias = format!("{id}Alias{}", alphanumeric(&known.replace('-', "D").replace('_', "U")));
        let made = source.node(&json!({
            "FunctionName": {"Ref": id},
            "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
        }));
        let made = made.with("Name", name.clone());
        let made = copied(made, properties, &same(&["ProvisionedConcurrencyConfig"]));
        self.generate(source, &alias, "AWS::Lambda::Alias", made);
        self.call_it(source, "Version", &version);
        self.call_it(source, "Alias", &alias);
        let reference = source.node(&json!({"Ref": alias}));
        Target { arn: reference.clone(), name: reference }
    }

    fn function_url(&mut self, source: &Source<'_>, properties: &Node, target: &Target) {
        let Some(config) = properties.get("FunctionUrlConfig") else { return };
        let id = format!("{}Url", source.id);
        let url = copied(source.node(&json!({})), config, &same(&["AuthType", "Cors", "InvokeMode"]));
        let url = url.with("TargetFunctionArn", target.name.clone());
        self.generate(source, &id, "AWS::Lambda::Url", url);
        self.call_it(source, "Url", &id);
        let Some(kind) = config.get("AuthType") else { return };
        let permission = source.node(&json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*"}));
        let permission = permission.with("FunctionName", target.name.clone()).with("FunctionUrlAuthType", kind.clone());
        let is_public = Node::list(kind, [kind.clone(), source.node(&json!("NONE"))]);
        let is_public = Node::map(kind, [("Fn::Equals", is_public)]);
        self.generate_if(
            source,
            &format!("{id}PublicPermissions"),
            "AWS::Lambda::Permission",
            permission,
            is_public.clone(),
        );
        let invoke =
            source.node(&json!({"Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": true}));
        let invoke = invoke.with("FunctionName", target.name.clone());
        self.generate_if(
            source,
            &format!("{}URLInvokeAllowPublicAccess", source.id),
            "AWS::Lambda::Permission",
            invoke,
            is_public,
        );
    }
}
