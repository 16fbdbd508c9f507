//! Events that a function fetches itself, or that reach it through something in between.

use serde_json::json;

use super::event::Event;
use super::function::Target;
use super::{Expansion, Source, copied, same};
use crate::cloudformation::node::Node;

/// Properties of a mapping that keep their name.
const SAME: [&str; 23] = [
    "AmazonManagedKafkaEventSourceConfig",
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "Enabled",
    "FilterCriteria",
    "FunctionResponseTypes",
    "KmsKeyArn",
    "LoggingConfig",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ProvisionedPollerConfig",
    "ScalingConfig",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
    "TumblingWindowInSeconds",
];

impl Expansion<'_> {
    /// `<Id><Event>`, an event source mapping. Answers the managed policy that it adds to the role.
    pub(super) fn event_source(
        &mut self,
        source: &Source<'_>,
        event: &Event<'_>,
        target: &Target,
    ) -> Option<&'static str> {
        let mapping = copied(source.node(&json!({})), event.properties, &same(&SAME));
        let arn = [
            ("Queue", "EventSourceArn"),
            ("Stream", "EventSourceArn"),
            ("Broker", "EventSourceArn"),
            ("Cluster", "EventSourceArn"),
        ];
        let mapping = copied(mapping, event.properties, &arn);
        let mapping = copied(mapping, event.properties, &[("Queues", "Queues")]);
        let mapping = mapping.with("FunctionName", target.name.clone());
        let mapping = match event.properties.get("KafkaBootstrapServers") {
            Some(servers) => {
                let endpoints = Node::map(servers, [("KafkaBootstrapServers", servers.clone())]);
                mapping.with("SelfManagedEventSource", Node::map(servers, [("Endpoints", endpoints)]))
            }
            None => mapping,
        };
        let mapping = match event.properties.get("ConsumerGroupId") {
            Some(group) => {
                let name = if event.kind == "MSK" {
                    "AmazonManagedKafkaEventSourceConfig"
                } else {
                    "SelfManagedKafkaEventSourceConfig"
                };
                mapping.with(name, Node::map(group, [("ConsumerGroupId", group.clone())]))
            }
            None => mapping,
        };
        self.generate(source, &event.id, "AWS::Lambda::EventSourceMapping", mapping);
        match &*event.kind {
            "SQS" => Some("AWSLambdaSQSQueueExecutionRole"),
            "Kinesis" => Some("AWSLambdaKinesisExecutionRole"),
            "DynamoDB" => Some("AWSLambdaDynamoDBExecutionRole"),
            "MSK" => Some("AWSLambdaMSKExecutionRole"),
            kind => {
                self.gap(
                    source,
                    format!(
                        "the permissions that the event `{}` of the type `{kind}` adds to the role are not known",
                        event.id
                    ),
                );
                None
            }
        }
    }

    /// `SqsSubscription`: the topic fills a queue, and the function empties it.
    pub(super) fn topic_through_queue(
        &mut self,
        source: &Source<'_>,
        event: &Event<'_>,
        target: &Target,
        (subscription, own): (Node, &Node),
    ) {
        let id = format!("{}Queue", event.id);
        let (arn, url) = match (own.get("QueueArn"), own.get("QueueUrl")) {
            (Some(arn), Some(url)) => (arn.clone(), url.clone()),
            _ => {
                self.generate(source, &id, "AWS::SQS::Queue", source.node(&json!({})));
                (source.node(&json!({"Fn::GetAtt": [id, "Arn"]})), source.node(&json!({"Ref": id})))
            }
        };
        let topic = event.properties.get("Topic").cloned().unwrap_or_else(|| source.node(&json!("*")));
        let condition = source.node(&json!({})).with("ArnEquals", source.node(&json!({})).with("aws:SourceArn", topic));
        let statement = source.node(&json!({"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}));
        let statement = statement.with("Resource", arn.clone()).with("Condition", condition);
        let document =
            source.node(&json!({"Version": "2012-10-17"})).with("Statement", Node::list(source.place(), [statement]));
        let policy =
            source.node(&json!({})).with("PolicyDocument", document).with("Queues", Node::list(source.place(), [url]));
        let policy_id = self.known_text(own.get("QueuePolicyLogicalId")).unwrap_or_else(|| format!("{id}Policy"));
        self.generate(source, &policy_id, "AWS::SQS::QueuePolicy", policy);
        let subscription = subscription.with("Protocol", source.node(&json!("sqs"))).with("Endpoint", arn.clone());
        self.generate(source, &event.id, "AWS::SNS::Subscription", subscription);
        let mapping = copied(source.node(&json!({"BatchSize": 10})), own, &same(&["BatchSize", "Enabled"]));
        let mapping = mapping.with("EventSourceArn", arn).with("FunctionName", target.name.clone());
        self.generate(source, &format!("{}EventSourceMapping", event.id), "AWS::Lambda::EventSourceMapping", mapping);
    }

    /// `ScheduleV2`: a schedule with a role of its own.
    pub(super) fn scheduler(&mut self, source: &Source<'_>, event: &Event<'_>, target: &Target) {
        let own = event.properties;
        let role = match own.get("RoleArn") {
            Some(role) => role.clone(),
            None => self.invoking_role(source, event, "scheduler.amazonaws.com", "lambda:InvokeFunction", &target.arn),
        };
        self.schedule_with(source, event, target.arn.clone(), role);
    }

    pub(super) fn schedule_with(&mut self, source: &Source<'_>, event: &Event<'_>, arn: Node, role: Node) {
        let own = event.properties;
        let goal = source.node(&json!({})).with("Arn", arn).with("RoleArn", role);
        let goal = copied(goal, own, &same(&["Input", "RetryPolicy"]));
        let names = same(&[
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "State",
            "Name",
            "Description",
            "GroupName",
            "KmsKeyArn",
            "StartDate",
            "EndDate",
        ]);
        let schedule = source.node(&json!({"FlexibleTimeWindow": {"Mode": "OFF"}})).with("Target", goal);
        let schedule = copied(copied(schedule, own, &names), own, &same(&["FlexibleTimeWindow"]));
        self.generate(source, &event.id, "AWS::Scheduler::Schedule", schedule);
    }

    /// `<Id><Event>Role`: lets a service do one thing to one resource.
    pub(super) fn invoking_role(
        &mut self,
        source: &Source<'_>,
        event: &Event<'_>,
        principal: &str,
        action: &str,
        on: &Node,
    ) -> Node {
        let id = format!("{}Role", event.id);
        let statement = source.node(&json!({"Effect": "Allow", "Action": action})).with("Resource", on.clone());
        let document =
            source.node(&json!({"Version": "2012-10-17"})).with("Statement", Node::list(source.place(), [statement]));
        let policy =
            source.node(&json!({"PolicyName": format!("{}Policy", event.id)})).with("PolicyDocument", document);
        let role = source.node(&json!({"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": [principal]}, "Action": ["sts:AssumeRole"]}
        ]}}));
        let role = role.with("Policies", Node::list(source.place(), [policy]));
        let role = copied(role, event.properties, &same(&["PermissionsBoundary"]));
        self.generate(source, &id, "AWS::IAM::Role", role);
        source.node(&json!({"Fn::GetAtt": [id, "Arn"]}))
    }
}
