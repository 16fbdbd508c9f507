//! `AWS::Include` and other transforms inside a template.
//! [AWS::Include](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html)

use std::path::PathBuf;

use partywall_model::{Cause, Gap, GapKind, Value};

use super::node::Node;
use super::stack::Stack;
use super::text;

impl Stack<'_> {
    /// `Fn::Transform` that stands alone.
    pub(super) fn transform(&self, argument: &Node) -> Value {
        match self.included(argument) {
            Ok(node) => self.value(&node),
            Err(unknown) => unknown,
        }
    }

    /// The file that a transform includes, or the unknown that stands for what it makes.
    pub(super) fn included(&self, argument: &Node) -> Result<Node, Value> {
        let argument = argument.items().first().unwrap_or(argument);
        let name = argument.get("Name").map(|name| self.value(name));
        let name = name.as_ref().and_then(Value::as_text).unwrap_or("without a name");
        let what = if name == "AWS::Include" {
            let location = argument
                .get("Parameters")
                .and_then(|parameters| parameters.get("Location"))
                .map(|node| self.value(node));
            let location = location.as_ref().and_then(Value::as_text).unwrap_or_default();
            match self.local_path(location) {
                Some(path) => return self.read_included(argument, path),
                None => "`AWS::Include` of a file that is not on this disk".to_owned(),
            }
        } else {
            format!("the macro `{name}` makes this value")
        };
        let cure = "scan the processed template: `aws cloudformation get-template --template-stage Processed`";
        self.session.gap(Gap::in_file(
            GapKind::MissingSource,
            self.file.clone(),
            argument.line_start,
            what.clone(),
            cure,
        ));
        Err(Value::unknown(format!("Fn::Transform({name})"), Cause::NotUnderstood(what)))
    }

    fn read_included(&self, argument: &Node, path: PathBuf) -> Result<Node, Value> {
        let steps =
            std::fs::metadata(&path).map_or(0, |metadata| usize::try_from(metadata.len() / 64).unwrap_or(usize::MAX));
        if !self.session.spend(steps) {
            return Err(self.fails(argument, "AWS::Include", "it takes too many steps to evaluate".into()));
        }
        let parsed = text::read(&path).and_then(|text| text::parse(&text));
        if let Ok(node) = &parsed {
            self.session.spend(node.size());
        }
        parsed.map(|node| node.moved_to(argument)).map_err(|problem| {
            self.session.unreadable(&path, &problem);
            Value::unknown("Fn::Transform(AWS::Include)", Cause::Invalid(format!("the file {}", problem.cause)))
        })
    }

    /// The file that a location names; None when it is elsewhere, such as in a bucket.
    pub(super) fn local_path(&self, location: &str) -> Option<PathBuf> {
        let location = location.strip_prefix("file://").unwrap_or(location);
        if location.is_empty() || location.contains("://") || location.starts_with("arn:") {
            return None;
        }
        let path = super::session::lexical(&self.folder.join(location));
        path.is_file().then_some(path)
    }
}
