//! [`AWS::Serverless::Api`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html),
//! [`AWS::Serverless::HttpApi`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html),
//! and the APIs that events imply.

use serde_json::json;

use super::{DEFINITION, Expansion, Source, alphanumeric, copied, s3_object, same, with_tags};
use crate::cloudformation::node::{Body, Node};
use crate::cloudformation::stack::Declaration;

impl Expansion<'_> {
    pub(super) fn rest_api(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let names = same(&[
            "ApiKeySourceType",
            "BinaryMediaTypes",
            "Description",
            "DisableExecuteApiEndpoint",
            "FailOnWarnings",
            "MinimumCompressionSize",
            "Mode",
            "Name",
            "SecurityPolicy",
        ]);
        let api = copied(source.node(&json!({})), &properties, &names);
        let api = copied(api, &properties, &[("DefinitionBody", "Body")]);
        let api = match properties.get("EndpointConfiguration") {
            Some(own) if own.get("Type").is_some() => {
                let types = Node::list(own, own.get("Type").cloned());
                let endpoint = Node::map(own, [("Types", types)]);
                api.with(
                    "EndpointConfiguration",
                    copied(endpoint, own, &[("VPCEndpointIds", "VpcEndpointIds"), ("IpAddressType", "IpAddressType")]),
                )
            }
            Some(own) => {
                let types = Node::list(own, [own.clone()]);
                api.with("EndpointConfiguration", Node::map(own, [("Types", types)]))
            }
            None => api,
        };
        let api = match properties.get("DefinitionUri") {
            Some(uri) => match s3_object(uri, DEFINITION) {
                Some(object) => api.with("BodyS3Location", object),
                None => api.with("Body", self.document(source, uri).unwrap_or_else(|unknown| unknown)),
            },
            None => api,
        };
        if let Some(auth) = properties.get("Auth")
            && (auth.get("ResourcePolicy").is_some() || auth.get("UsagePlan").is_some())
        {
            self.gap(
                source,
                format!("the resource policy and the usage plan in `Auth` of the API `{}` are not read", source.id),
            );
        }
        if properties.get("Domain").is_some() {
            self.gap(source, format!("the domain of the API `{}` is not read", source.id));
        }
        let api = with_tags(source, api, properties.get("Tags"), None);
        self.primary(source, "AWS::ApiGateway::RestApi", api);
        self.rest_stage(source, &properties);
        self.authorizers(source, &properties, false);
    }

    /// `<Id><Authorizer>AuthorizerPermission`, for each function that decides who may call.
    /// SAM permits it for REST APIs unless told not to, for HTTP APIs only when told to.
    fn authorizers(&mut self, source: &Source<'_>, properties: &Node, http: bool) {
        let listed = properties.get("Auth").and_then(|auth| auth.get("Authorizers"));
        for entry in listed.map(Node::entries).unwrap_or_default() {
            let Some(function) = entry.value.get("FunctionArn") else { continue };
            let says = |name: &str| self.known_text(entry.value.get(name)).as_deref() == Some("true");
            let permits = if http {
                says("EnableFunctionDefaultPermissions")
            } else {
                !says("DisableFunctionDefaultPermissions")
            };
            if !permits {
                continue;
            }
            let from = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
            let permission = source.node(&json!({
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {"Fn::Sub": [from, {"__ApiId__": {"Ref": source.id}}]},
            }));
            let permission = permission.with("FunctionName", function.clone());
            let id = format!("{}{}AuthorizerPermission", source.id, alphanumeric(&entry.key));
            self.generate(source, &id, "AWS::Lambda::Permission", permission);
        }
    }

    fn rest_stage(&mut self, source: &Source<'_>, properties: &Node) {
        let id = source.id;
        let deployment = format!("{id}Deployment");
        let name = properties.get("StageName").cloned().unwrap_or_else(|| source.node(&json!("Prod")));
        let stage_id =
            match name.as_text().filter(|text| text.chars().all(|character| character.is_ascii_alphanumeric())) {
                Some(text) => format!("{id}{text}Stage"),
                None => format!("{id}Stage"),
            };
        self.generate(
            source,
            &deployment,
            "AWS::ApiGateway::Deployment",
            source.node(&json!({"RestApiId": {"Ref": id}})),
        );
        let names = same(&[
            "CacheClusterEnabled",
            "CacheClusterSize",
            "CanarySetting",
            "MethodSettings",
            "TracingEnabled",
            "Variables",
            "AccessLogSetting",
        ]);
        let stage = source
            .node(&json!({"RestApiId": {"Ref": id}, "DeploymentId": {"Ref": deployment}}))
            .with("StageName", name);
        let stage = with_tags(source, copied(stage, properties, &names), properties.get("Tags"), None);
        self.generate(source, &stage_id, "AWS::ApiGateway::Stage", stage);
        self.call_it(source, "Stage", &stage_id);
        self.call_it(source, "Deployment", &deployment);
    }

    pub(super) fn http_api(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let names = same(&[
            "CorsConfiguration",
            "Description",
            "DisableExecuteApiEndpoint",
            "FailOnWarnings",
            "Name",
            "RouteSelectionExpression",
        ]);
        let api = copied(source.node(&json!({"ProtocolType": "HTTP"})), &properties, &names);
        let api = copied(api, &properties, &[("DefinitionBody", "Body")]);
        let api = match properties.get("DefinitionUri") {
            Some(uri) => match s3_object(uri, DEFINITION) {
                Some(object) => api.with("BodyS3Location", object),
                None => api.with("Body", self.document(source, uri).unwrap_or_else(|unknown| unknown)),
            },
            None => api,
        };
        if properties.get("Domain").is_some() {
            self.gap(source, format!("the domain of the API `{}` is not read", source.id));
        }
        let api = match properties.get("Tags") {
            Some(tags) => api.with("Tags", tags.clone()),
            None => api,
        };
        self.primary(source, "AWS::ApiGatewayV2::Api", api);
        let name = properties.get("StageName").cloned().unwrap_or_else(|| source.node(&json!("$default")));
        let id = match name.as_text() {
            Some("$default") => format!("{}ApiGatewayDefaultStage", source.id),
            Some(text) => {
                format!("{}{}Stage", source.id, alphanumeric(text))
            }
            None => format!("{}Stage", source.id),
        };
        let stage = source.node(&json!({"ApiId": {"Ref": source.id}, "AutoDeploy": true})).with("StageName", name);
        let stage = copied(
            stage,
            &properties,
            &same(&["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables", "Tags"]),
        );
        self.generate(source, &id, "AWS::ApiGatewayV2::Stage", stage);
        self.call_it(source, "Stage", &id);
        self.authorizers(source, &properties, true);
    }

    /// The APIs that events create by not naming one.
    pub(super) fn implicit_apis(&mut self, root: &Node) {
        for (id, kind) in
            [("ServerlessRestApi", "AWS::Serverless::Api"), ("ServerlessHttpApi", "AWS::Serverless::HttpApi")]
        {
            if !self.routes.has(id) || self.out.declared.contains_key(id) {
                continue;
            }
            let place = root.get("Resources").unwrap_or(root);
            let place = Node { line_end: place.line_start, ..place.clone() };
            let mut node = Node::at(&place, Body::Map(std::sync::Arc::default()));
            if let Some(condition) = self.routes.condition(id, &place) {
                node = Node {
                    line_start: place.line_start,
                    line_end: place.line_end,
                    ..node.with("Condition", condition)
                };
            }
            let declaration = Declaration { kind: kind.into(), line: node.line_start, node };
            let source = Source { id, declaration: &declaration };
            match kind {
                "AWS::Serverless::Api" => self.rest_api(&source),
                _ => self.http_api(&source),
            }
            self.out.generated.insert(id.to_owned(), id.to_owned());
        }
    }

    /// Gives each API without a document of its own the one that its routes make.
    pub(super) fn finish_apis(&mut self) {
        for (id, declaration) in &mut self.out.declared {
            let section = match &*declaration.kind {
                "AWS::ApiGateway::RestApi" => "Api",
                "AWS::ApiGatewayV2::Api" => "HttpApi",
                _ => continue,
            };
            let Some(properties) = declaration.node.get("Properties") else { continue };
            if !self.routes.has(id) || properties.get("Body").is_some() || properties.get("BodyS3Location").is_some() {
                continue;
            }
            let own = self
                .stack
                .declared
                .get(id)
                .and_then(|declared| declared.node.get("Properties"))
                .and_then(|own| own.get("Auth"));
            let auth = own.or_else(|| self.globals.get(section).and_then(|global| global.get("Auth")));
            let document = self.routes.document(id, &declaration.node, auth);
            let place = declaration.node.clone();
            let node = declaration.node.with("Properties", properties.with("Body", document));
            declaration.node = Node { line_start: place.line_start, line_end: place.line_end, ..node };
        }
    }
}
