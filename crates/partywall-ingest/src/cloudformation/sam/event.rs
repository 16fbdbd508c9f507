//! The events of a function: what invokes it.
//! [EventSource](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html)

use serde_json::json;

use super::function::Target;
use super::route::{Route, to_function};
use super::{Expansion, Source, alphanumeric, copied, same};
use crate::cloudformation::node::{Body, Node};

/// One event of a function or a state machine.
pub(super) struct Event<'a> {
    /// `<Id><Event>`: the name of what it generates.
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) properties: &'a Node,
}

impl Expansion<'_> {
    /// Generates what the events need. Answers the managed policies that they add to the role.
    pub(super) fn function_events(
        &mut self,
        source: &Source<'_>,
        properties: &Node,
        target: &Target,
    ) -> Vec<&'static str> {
        let Some(events) = properties.get("Events") else { return Vec::new() };
        let mut policies = Vec::new();
        for entry in self.stack.expand_section(events, "Events") {
            let kind = self.known_text(entry.value.get("Type")).unwrap_or_default();
            let empty = Node::at(&entry.value, Body::Map(std::sync::Arc::default()));
            let own = entry.value.get("Properties").unwrap_or(&empty);
            let event = Event { id: format!("{}{}", source.id, entry.key), kind, properties: own };
            match &*event.kind {
                "Api" | "HttpApi" => self.route(source, &event, target),
                "Schedule" => self.schedule(source, &event, target),
                "CloudWatchEvent" | "EventBridgeRule" => self.rule(source, &event, target),
                "SNS" => self.topic(source, &event, target),
                "S3" => self.bucket(source, &event, target),
                "CloudWatchLogs" => self.logs(source, &event, target),
                "IoTRule" => self.device_rule(source, &event, target),
                "AlexaSkill" => self.permit(source, &event, target, "alexa-appkit.amazon.com", None),
                "Cognito" => self.user_pool(source, &event, target),
                "ScheduleV2" => self.scheduler(source, &event, target),
                "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
                    policies.extend(self.event_source(source, &event, target));
                }
                kind => {
                    self.gap(source, format!("what the event `{}` of the type `{kind}` creates is not known", event.id))
                }
            }
        }
        policies
    }

    /// `<Id><Event>Permission`.
    pub(super) fn permit(
        &mut self,
        source: &Source<'_>,
        event: &Event<'_>,
        target: &Target,
        principal: &str,
        from: Option<Node>,
    ) {
        self.permit_as(&format!("{}Permission", event.id), source, event, target, (principal, from));
    }

    /// A permission of this name for `principal` to invoke the function, on behalf of `from`.
    fn permit_as(
        &mut self,
        id: &str,
        source: &Source<'_>,
        event: &Event<'_>,
        target: &Target,
        (principal, from): (&str, Option<Node>),
    ) {
        let permission = source.node(&json!({"Action": "lambda:InvokeFunction", "Principal": principal}));
        let permission = permission.with("FunctionName", target.name.clone());
        let permission = match from {
            Some(from) => permission.with("SourceArn", from),
            None => copied(permission, event.properties, &[("SkillId", "EventSourceToken")]),
        };
        self.generate(source, id, "AWS::Lambda::Permission", permission);
    }

    fn route(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let text = |name: &str| self.known_text(event.properties.get(name));
        let (path, method) =
            (text("Path").unwrap_or_else(|| "$default".into()), text("Method").unwrap_or_else(|| "any".into()));
        let http = event.kind == "HttpApi";
        let (api, reference) = api_of(source, event);
        let any = method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case("x-amazon-apigateway-any-method");
        let verb = if any { "*".to_owned() } else { method.to_uppercase() };
        let whom = if path == "$default" { "*".to_owned() } else { format!("{verb}{}", wildcards(&path)) };
        let text =
            format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/*/{whom}");
        let arguments = Node::list(
            source.place(),
            [source.node(&json!(text)), source.node(&json!({})).with("__ApiId__", reference)],
        );
        let from = Node::map(source.place(), [("Fn::Sub", arguments)]);
        let auth = event.properties.get("Auth").cloned();
        let suffix = if http { String::new() } else { self.stage_suffix(&api) };
        let id = format!("{}Permission{suffix}", event.id);
        self.permit_as(&id, source, event, target, ("apigateway.amazonaws.com", Some(from)));
        let integration = to_function(http, source.place(), &target.arn);
        let condition = source.place().get("Condition").cloned();
        self.routes.add(&api, http, Route { path, method, integration, condition, auth });
    }

    /// The stage of a REST API, as the name of a permission has it.
    fn stage_suffix(&self, api: &str) -> String {
        match self.stack.declared.get(api).and_then(|declared| declared.node.get("Properties")?.get("StageName")) {
            Some(name) => name.as_text().map_or_else(|| "Stage".to_owned(), alphanumeric),
            None => "Prod".to_owned(),
        }
    }

    fn schedule(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let rule = copied(source.node(&json!({})), event.properties, &[("Schedule", "ScheduleExpression")]);
        self.finish_rule(source, event, target, rule);
    }

    fn rule(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let rule = copied(
            source.node(&json!({})),
            event.properties,
            &[("Pattern", "EventPattern"), ("EventBusName", "EventBusName")],
        );
        let rule = copied(rule, event.properties, &[("RuleName", "Name")]);
        self.finish_rule(source, event, target, rule);
    }

    fn finish_rule(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target, rule: Node) {
        let goal = source.node(&json!({"Id": format!("{}LambdaTarget", event.id)})).with("Arn", target.arn.clone());
        let rule = self.rule_with(source, event, rule, goal);
        self.generate(source, &event.id, "AWS::Events::Rule", rule);
        let from = source.node(&json!({"Fn::GetAtt": [event.id, "Arn"]}));
        self.permit(source, event, target, "events.amazonaws.com", Some(from));
    }

    /// A rule with what its events have in common, and its only target.
    pub(super) fn rule_with(&self, source: &Source<'_>, event: &Event<'_>, rule: Node, goal: Node) -> Node {
        let rule = copied(rule, event.properties, &same(&["Name", "Description", "State"]));
        let rule = match event.properties.get("Enabled").map(|node| self.known_text(Some(node))) {
            Some(Some(enabled)) => {
                rule.with("State", source.node(&json!(if enabled == "true" { "ENABLED" } else { "DISABLED" })))
            }
            Some(None) | None => rule,
        };
        let goal = copied(goal, event.properties, &same(&["Input", "InputPath", "InputTransformer", "RetryPolicy"]));
        let goal = match event.properties.get("DeadLetterConfig") {
            Some(config) if config.get("Arn").is_none() => {
                self.gap(
                    source,
                    format!("the queue that `DeadLetterConfig` of the event `{}` creates is not read", event.id),
                );
                goal
            }
            Some(config) => goal.with("DeadLetterConfig", copied(source.node(&json!({})), config, &same(&["Arn"]))),
            None => goal,
        };
        rule.with("Targets", Node::list(source.place(), [goal]))
    }

    fn topic(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let names = [
            ("Topic", "TopicArn"),
            ("FilterPolicy", "FilterPolicy"),
            ("FilterPolicyScope", "FilterPolicyScope"),
            ("Region", "Region"),
            ("RedrivePolicy", "RedrivePolicy"),
        ];
        let subscription = copied(source.node(&json!({"Protocol": "lambda"})), event.properties, &names);
        let topic = event.properties.get("Topic").cloned();
        let queue = event
            .properties
            .get("SqsSubscription")
            .filter(|node| node.is_map() || self.known_text(Some(node)).as_deref() == Some("true"));
        if let Some(queue) = queue {
            return self.topic_through_queue(source, event, target, (subscription, queue));
        }
        self.generate(source, &event.id, "AWS::SNS::Subscription", subscription.with("Endpoint", target.arn.clone()));
        self.permit(source, event, target, "sns.amazonaws.com", topic);
    }

    fn bucket(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let bucket =
            event.properties.get("Bucket").and_then(|node| node.get("Ref")).and_then(Node::as_text).map(str::to_owned);
        let permission = source.node(&json!({
            "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceAccount": {"Ref": "AWS::AccountId"},
        }));
        let permission = permission.with("FunctionName", target.name.clone());
        self.generate(source, &format!("{}Permission", event.id), "AWS::Lambda::Permission", permission);
        let events = event.properties.get("Events").cloned().unwrap_or_else(|| source.node(&json!([])));
        let each = if events.items().is_empty() { std::slice::from_ref(&events) } else { events.items() };
        let Some(bucket) = bucket.filter(|bucket| self.stack.declared.contains_key(&**bucket)) else {
            return self
                .gap(source, format!("the bucket of the event `{}` is not declared in this template", event.id));
        };
        for name in each {
            let told = Node::map(name, [("Event", name.clone()), ("Function", target.arn.clone())]);
            let told = match event.properties.get("Filter") {
                Some(filter) => told.with("Filter", filter.clone()),
                None => told,
            };
            self.notifications.entry(bucket.clone()).or_default().push(told);
        }
    }

    fn logs(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let filter = copied(source.node(&json!({})), event.properties, &same(&["LogGroupName", "FilterPattern"]));
        self.generate(
            source,
            &event.id,
            "AWS::Logs::SubscriptionFilter",
            filter.with("DestinationArn", target.arn.clone()),
        );
        let group = event.properties.get("LogGroupName").cloned().unwrap_or_else(|| source.node(&json!("*")));
        let text = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
        let arguments = [source.node(&json!(text)), source.node(&json!({})).with("__LogGroupName__", group)];
        let from = Node::map(source.place(), [("Fn::Sub", Node::list(source.place(), arguments))]);
        self.permit(source, event, target, "logs.amazonaws.com", Some(from));
    }

    fn device_rule(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let action =
            source.node(&json!({})).with("Lambda", source.node(&json!({})).with("FunctionArn", target.arn.clone()));
        let payload =
            source.node(&json!({"RuleDisabled": false})).with("Actions", Node::list(source.place(), [action]));
        let payload = copied(payload, event.properties, &same(&["Sql", "AwsIotSqlVersion"]));
        self.generate(
            source,
            &event.id,
            "AWS::IoT::TopicRule",
            source.node(&json!({})).with("TopicRulePayload", payload),
        );
        let from = json!({"Fn::Sub": format!("arn:${{AWS::Partition}}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{{}}}", event.id)});
        self.permit(source, event, target, "iot.amazonaws.com", Some(source.node(&from)));
    }

    fn user_pool(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let pool = event.properties.get("UserPool").and_then(|node| node.get("Ref")).and_then(Node::as_text);
        let from = pool.map(|pool| source.node(&json!({"Fn::GetAtt": [pool, "Arn"]})));
        self.permit_as(
            &format!("{}CognitoPermission", source.id),
            source,
            event,
            target,
            ("cognito-idp.amazonaws.com", from),
        );
        let Some(pool) = pool.filter(|pool| self.stack.declared.contains_key(*pool)) else {
            return self
                .gap(source, format!("the user pool of the event `{}` is not declared in this template", event.id));
        };
        let triggers = event.properties.get("Trigger").cloned().unwrap_or_else(|| source.node(&json!([])));
        let each = if triggers.items().is_empty() { std::slice::from_ref(&triggers) } else { triggers.items() };
        let told = each.iter().filter_map(Node::scalar_text).map(|trigger| (trigger, target.arn.clone()));
        self.triggers.entry(pool.to_owned()).or_default().extend(told);
    }
}

/// The logical id of the API that an event belongs to, and a reference to it.
pub(super) fn api_of(source: &Source<'_>, event: &Event<'_>) -> (String, Node) {
    let http = event.kind == "HttpApi";
    let implicit = if http { "ServerlessHttpApi" } else { "ServerlessRestApi" };
    match event.properties.get(if http { "ApiId" } else { "RestApiId" }) {
        Some(node) => {
            let id = node.get("Ref").unwrap_or(node).as_text().unwrap_or(&event.id);
            (id.to_owned(), node.clone())
        }
        None => (implicit.to_owned(), source.node(&json!({"Ref": implicit}))),
    }
}

/// `/items/{id}` as a permission names it: `/items/*`.
fn wildcards(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for character in path.trim_end_matches('/').chars() {
        match character {
            '{' => {
                inside = true;
                out.push('*');
            }
            '}' => inside = false,
            _ if inside => {}
            other => out.push(other),
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}
