//! [`AWS::Serverless::SimpleTable`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html)
//! and [`AWS::Serverless::LayerVersion`](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html)

use serde_json::json;

use super::{CODE, Expansion, Source, copied, s3_object, same, with_tags};
use crate::cloudformation::node::Node;

impl Expansion<'_> {
    pub(super) fn simple_table(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let key = properties.get("PrimaryKey");
        let name = key.and_then(|key| key.get("Name")).cloned().unwrap_or_else(|| source.node(&json!("id")));
        let kind = match self.known_text(key.and_then(|key| key.get("Type"))).as_deref() {
            Some("Number") => "N",
            Some("Binary") => "B",
            _ => "S",
        };
        let attribute = source.node(&json!({"AttributeType": kind})).with("AttributeName", name.clone());
        let hash = source.node(&json!({"KeyType": "HASH"})).with("AttributeName", name);
        let table = source.node(&json!({})).with("AttributeDefinitions", Node::list(source.place(), [attribute]));
        let table = table.with("KeySchema", Node::list(source.place(), [hash]));
        let table = match properties.get("ProvisionedThroughput") {
            Some(throughput) => table.with("ProvisionedThroughput", throughput.clone()),
            None => table.with("BillingMode", source.node(&json!("PAY_PER_REQUEST"))),
        };
        let table =
            copied(table, &properties, &same(&["TableName", "SSESpecification", "PointInTimeRecoverySpecification"]));
        let table = with_tags(source, table, properties.get("Tags"), None);
        self.primary(source, "AWS::DynamoDB::Table", table);
    }

    pub(super) fn layer(&mut self, source: &Source<'_>) {
        let properties = self.properties(source);
        let layer = source.node(&json!({"LayerName": source.id}));
        let names = same(&["LayerName", "Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"]);
        let layer = copied(layer, &properties, &names);
        let layer = match properties.get("ContentUri").and_then(|uri| s3_object(uri, CODE)) {
            Some(content) => layer.with("Content", content),
            None => layer,
        };
        self.primary(source, "AWS::Lambda::LayerVersion", layer);
    }
}
