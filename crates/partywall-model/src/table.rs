//! What tables exist, what their columns mean, and where each source keeps them.
//!
//! The tables themselves are data: one file each under `tables/`, compiled into [`TABLES`].

use crate::Dialect;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// A table of the inventory: one resource type, or one derived view.
#[derive(Debug)]
pub struct Table {
    /// Name in SQL, as Steampipe has it where it has one: `aws_s3_bucket`.
    pub name: &'static str,
    /// The service it belongs to: `s3`. The name of its folder under `tables/`.
    pub service: &'static str,
    /// The resource type as people say it: `Amazon S3 bucket`.
    pub title: &'static str,
    /// One or two sentences on what a row is.
    pub about: &'static str,
    /// The column whose value names the resource for people, when it has no `Name` tag. May be empty.
    pub name_column: &'static str,
    /// How the ARN is built from other columns, in braces; empty when only AWS can tell it.
    pub arn: &'static str,
    /// Columns by whose value other resources refer to a row, besides `arn` and its address.
    pub identity: &'static [&'static str],
    /// Attributes of the API that tell its rows apart when they have no ARN and `identity` alone does not.
    pub api_identity: &'static [Path],
    /// Columns that hold lists; the engine makes one row for each element of all of them together.
    pub explode: &'static [&'static str],
    /// Which resources of a source become rows.
    pub sources: &'static [Source],
    /// Which further resources of a source configure a row.
    pub parts: &'static [Part],
    /// The columns, in order. Those that every inventory table has come first.
    pub columns: &'static [Column],
    /// True when an analysis computes the rows; such a table has no sources.
    pub derived: bool,
}

/// A resource type of a source that becomes rows of a table.
#[derive(Debug)]
pub struct Source {
    /// The language of `kind`.
    pub dialect: Dialect,
    /// The resource type in that language; for the API the call and where in its answer the resources are,
    /// `ec2:DescribeInstances Reservations[].Instances[]`.
    pub kind: &'static str,
    /// Of the API: where in the call's answer the resources are; None when the answer is the resource.
    pub items: Option<Path>,
    /// When given, each element of the list there becomes a row, instead of the resource itself.
    pub each: Option<Path>,
    /// The resource becomes a row here only when all of these hold.
    pub when: &'static [Condition],
    /// Columns with a fixed value for rows from this source.
    pub set: &'static [(&'static str, Scalar)],
}

/// A condition on an attribute that decides to which table a resource belongs.
#[derive(Debug)]
pub struct Condition {
    /// The attribute.
    pub path: Path,
    /// Texts of which the attribute must be one; any when empty. `{account_id}` alone stands for the account that gave
    /// the answer, and a text that ends in `*` for all that start so.
    pub one_of: &'static [&'static str],
    /// Texts of which the attribute must be none, likewise.
    pub none_of: &'static [&'static str],
    /// Whether the condition holds when the attribute is not set or not known.
    pub otherwise: bool,
}

/// A resource type of a source that configures rows which another resource made.
#[derive(Debug)]
pub struct Part {
    /// The language of `kind`.
    pub dialect: Dialect,
    /// The resource type in that language.
    pub kind: &'static str,
    /// Of the API: where in the call's answer the resources are; None when the answer is the resource.
    pub items: Option<Path>,
    /// The attribute that points at the row. None means every row of the same scope and region.
    pub of: Option<Path>,
}

/// A column of a table or a field of a struct.
#[derive(Debug)]
pub struct Column {
    /// Name in SQL.
    pub name: &'static str,
    /// What it says, with units.
    pub about: &'static str,
    /// Its type.
    pub column_type: ColumnType,
    /// Where Terraform keeps it; the first that is set wins.
    pub terraform: &'static [Path],
    /// Where CloudFormation keeps it; the first that is set wins.
    pub cloudformation: &'static [Path],
    /// Where the API keeps it; the first that is set wins.
    pub api: &'static [Path],
    /// The attribute of the column's own name, where sites keep it.
    pub own: &'static [Path],
    /// What the service does when nobody sets it.
    pub default: Default,
    /// What the service does when the block or part around the value is there and leaves it out, where that differs.
    pub default_in_block: Option<Default>,
    /// What Terraform's provider sends when nobody sets it, where that differs from the service.
    pub terraform_default: Option<Default>,
    /// What it means when the API's answer leaves it out, where that differs from a new resource's default.
    pub api_default: Option<Default>,
    /// Translates words of a source into the column's value.
    pub values: &'static [(&'static str, Scalar)],
    /// When given, the column says whether something is there and never holds the thing itself.
    pub presence: Option<Presence>,
    /// For references: the table that is referred to; empty when it can be any.
    pub to: &'static str,
}

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub enum ColumnType {
    /// UTF-8 text; `''` means not set.
    Text,
    /// TRUE or FALSE.
    Boolean,
    /// A 64-bit integer.
    Integer,
    /// A double.
    Number,
    /// A JSON document as text, keys sorted; `''` means not set. Unknown parts stand as `${symbol}`.
    Json,
    /// The `resource` of the row that is referred to, or the text that the source gives when no such row is known.
    Reference,
    /// Text to text.
    Map,
    /// A list.
    List(&'static ColumnType),
    /// Named fields.
    Struct(&'static [Column]),
}

/// What a column holds when a source does not set it.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// The type's empty value: `''`, an empty list, an empty map, all fields at their own default.
    Empty,
    /// This value.
    Value(Scalar),
    /// Unknown: the service decides, or no fixed default is documented.
    Unknown,
}

/// A constant of a table file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(&'static str),
    /// A truth value.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A fraction.
    Number(f64),
    /// A list of texts.
    Texts(&'static [&'static str]),
}

/// What a column says about something that is never itself stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// TRUE when the source sets it, to whatever.
    Set,
    /// TRUE when the source could set it and does not.
    Unset,
    /// TRUE when the source writes it out as a literal, for everybody to read.
    Literal,
    /// TRUE when the text holds something that looks like a credential.
    Secret,
}

/// Where in a resource's attributes a value is kept.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    /// Set when the value is kept by a [`Part`] of this type instead of by the resource itself.
    pub part: Option<&'static str>,
    /// How to get there.
    pub steps: &'static [Step],
}

/// One step of a [`Path`].
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Into the attribute of this name. A list is entered at its first element.
    Name(&'static str),
    /// To every element of the list; what follows is collected.
    All,
    /// To the elements of the list whose attribute has this value; the first one when only one follows.
    Matching(&'static str, &'static str),
    /// To the names of a map's entries.
    Keys,
    /// To every value of a map; what follows is collected.
    Values,
    /// To what follows the last slash of a text: the id in `/hostedzone/Z1D633PJN98FT9`.
    LastSegment,
    /// To the resource itself, as a reference. In an answer of the API what follows is an attribute of the resource,
    /// for rows that are elements of it.
    Own,
}

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.binary_search_by(|table| table.name.cmp(name)).ok().and_then(|at| TABLES.get(at))
}

impl Table {
    /// The position and the column of this name.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}
