//! [`AWS::Serverless::StateMachine`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html)

use serde_json::json;

use super::event::{Event, api_of};
use super::role::Role;
use super::route::{Route, to_state_machine};
use super::{DEFINITION, Expansion, Source, copied, s3_object, with_tags};
use crate::cloudformation::node::{Body, Node};

/// The key of the tag by which SAM marks what it creates.
const MARK: &str = "stateMachine:createdBy";

impl Expansion<'_> {
    pub(super) fn state_machine(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let names = [
            ("Name", "StateMachineName"),
            ("Type", "StateMachineType"),
            ("Logging", "LoggingConfiguration"),
            ("Tracing", "TracingConfiguration"),
            ("DefinitionSubstitutions", "DefinitionSubstitutions"),
        ];
        let machine = copied(source.node(&json!({})), &properties, &names);
        let machine = self.definition(source, &properties, machine);
        let tracing = properties.get("Tracing").and_then(|tracing| self.known_text(tracing.get("Enabled")));
        let managed =
            if tracing.as_deref() == Some("true") { vec!["AWSXrayWriteOnlyAccess".to_owned()] } else { Vec::new() };
        let role = Role { principal: "states.amazonaws.com", mark: MARK, managed, inline: Vec::new() };
        let role = self.role_or_own(source, &properties, role);
        if properties.get("AutoPublishAlias").is_some() {
            self.gap(
                source,
                format!("the version and the alias that `AutoPublishAlias` of `{}` creates are not read", source.id),
            );
        }
        let machine = with_tags(source, machine.with("RoleArn", role), properties.get("Tags"), Some(MARK));
        self.primary(source, "AWS::StepFunctions::StateMachine", machine);
        self.machine_events(source, &properties);
    }

    fn definition(&self, source: &Source<'_>, properties: &Node, machine: Node) -> Node {
        let as_text = |node: Node| Node::map(source.place(), [("Fn::ToJsonString", node)]);
        match (properties.get("Definition"), properties.get("DefinitionUri")) {
            (Some(definition), _) => machine.with("DefinitionString", as_text(definition.clone())),
            (None, Some(uri)) => match s3_object(uri, DEFINITION) {
                Some(object) => machine.with("DefinitionS3Location", object),
                None => {
                    let text = self.document(source, uri).map_or_else(|unknown| unknown, as_text);
                    machine.with("DefinitionString", text)
                }
            },
            (None, None) => machine,
        }
    }

    fn machine_events(&mut self, source: &Source<'_>, properties: &Node) {
        let Some(events) = properties.get("Events") else { return };
        let machine = source.node(&json!({"Ref": source.id}));
        for entry in self.stack.expand_section(events, "Events") {
            let kind = self.known_text(entry.value.get("Type")).unwrap_or_default();
            let empty = Node::at(&entry.value, Body::Map(std::sync::Arc::default()));
            let event = Event {
                id: format!("{}{}", source.id, entry.key),
                kind,
                properties: entry.value.get("Properties").unwrap_or(&empty),
            };
            let rule = match &*event.kind {
                "Schedule" => [("Schedule", "ScheduleExpression"), ("Name", "Name")],
                "CloudWatchEvent" | "EventBridgeRule" => {
                    [("Pattern", "EventPattern"), ("EventBusName", "EventBusName")]
                }
                "ScheduleV2" => {
                    let role = match event.properties.get("RoleArn") {
                        Some(role) => role.clone(),
                        None => self.invoking_role(
                            source,
                            &event,
                            "scheduler.amazonaws.com",
                            "states:StartExecution",
                            &machine,
                        ),
                    };
                    self.schedule_with(source, &event, machine.clone(), role);
                    continue;
                }
                "Api" => {
                    self.machine_route(source, &event, &machine);
                    continue;
                }
                kind => {
                    self.gap(
                        source,
                        format!("what the event `{}` of the type `{kind}` creates is not known", event.id),
                    );
                    continue;
                }
            };
            let rule = copied(source.node(&json!({})), event.properties, &rule);
            let role = match event.properties.get("RoleArn") {
                Some(role) => role.clone(),
                None => self.invoking_role(source, &event, "events.amazonaws.com", "states:StartExecution", &machine),
            };
            let goal = source.node(&json!({"Id": format!("{}StepFunctionsTarget", event.id)}));
            let goal = goal.with("Arn", machine.clone()).with("RoleArn", role);
            let rule = self.rule_with(source, &event, rule, goal);
            self.generate(source, &event.id, "AWS::Events::Rule", rule);
        }
    }

    fn machine_route(&mut self, source: &Source<'_>, event: &Event<'_>, machine: &Node) {
        let role = self.invoking_role(source, event, "apigateway.amazonaws.com", "states:StartExecution", machine);
        let text = |name: &str| self.known_text(event.properties.get(name)).unwrap_or_default();
        let route = Route {
            path: text("Path"),
            method: text("Method"),
            integration: to_state_machine(source.place(), role),
            condition: source.place().get("Condition").cloned(),
            auth: event.properties.get("Auth").cloned(),
        };
        self.routes.add(&api_of(source, event).0, false, route);
    }
}
