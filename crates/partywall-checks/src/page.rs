//! The page of a check: its explanation, and its test.

use std::collections::BTreeMap;

use partywall_model::Verdict;

/// A check's page, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Why the fault matters: everything before the first section.
    pub rationale: String,
    /// How to mend it: the section `## Remedy`.
    pub remedy: String,
    /// The examples, in order.
    pub cases: Vec<Case>,
}

/// One example with the verdicts that it must get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The section that it stands in.
    pub section: Section,
    /// The language of the code.
    pub language: Language,
    /// The code; '' for a site, which is several files.
    pub code: String,
    /// The files of a site, or files that lie beside the code, by path: blocks whose fences name them, such as
    /// `toml attestations/soc2.toml`.
    pub files: Vec<(String, String)>,
    /// Line of the code's first line in the page, counted from 1.
    pub line: u32,
    /// Verdicts that differ from the section's, by resource.
    pub exceptions: BTreeMap<String, Verdict>,
}

/// The verdict that a section's examples get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `## Fails`.
    Fails,
    /// `## Passes`.
    Passes,
    /// `## Unknown`.
    Unknown,
}

/// The language of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Terraform.
    Hcl,
    /// CloudFormation in YAML.
    Yaml,
    /// CloudFormation or a Terraform plan in JSON.
    Json,
    /// Answers of the AWS API, as a JSON object: `"s3:GetBucketPolicy Bucket=logs": { "Policy": "…" }`.
    Answers,
    /// Files of a site that we run ourselves, each in a block of its own whose fence names it: `toml site.toml`,
    /// `csv staff.csv`. A `site.toml` begins the next example.
    Site,
}

impl Section {
    /// The verdict of a row in this section, unless an exception says otherwise.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Fails => Verdict::Fail,
            Self::Passes => Verdict::Pass,
            Self::Unknown => Verdict::Unknown,
        }
    }

    fn from_heading(heading: &str) -> Option<Self> {
        match heading {
            "Fails" => Some(Self::Fails),
            "Passes" => Some(Self::Passes),
            "Unknown" => Some(Self::Unknown),
            _ => None,
        }
    }
}

impl Language {
    fn from_fence(fence: &str) -> Option<Self> {
        match fence.trim() {
            "hcl" | "terraform" | "tf" => Some(Self::Hcl),
            "yaml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "json answers" => Some(Self::Answers),
            other if file_name(other).is_some() => Some(Self::Site),
            _ => None,
        }
    }
}

impl Page {
    /// Takes a page apart. An exception is a line ``- `resource` passes`` (or `fails`, `is unknown`,
    /// `is not applicable`) after an example.
    pub fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut section: Option<Section> = None;
        let mut heading = String::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                heading = title.trim().to_owned();
                section = Section::from_heading(&heading);
                continue;
            }
            if let (Some(section), Some(fence)) = (section, line.strip_prefix("```")) {
                let code: Vec<&str> =
                    lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
                let line = u32::try_from(number + 2).unwrap_or(u32::MAX);
                page.example(section, fence, code.join("\n") + "\n", line);
                continue;
            }
            match (section, heading.as_str()) {
                (Some(_), _) => {
                    if let (Some((resource, verdict)), Some(case)) = (exception(line), page.cases.last_mut()) {
                        case.exceptions.insert(resource, verdict);
                    }
                }
                (None, "") if !line.starts_with("# ") => push_line(&mut page.rationale, line),
                (None, "Remedy") => push_line(&mut page.remedy, line),
                _ => {}
            }
        }
        page.rationale = page.rationale.trim().to_owned();
        page.remedy = page.remedy.trim().to_owned();
        page
    }

    /// Adds an example, or a further file to the last one.
    fn example(&mut self, section: Section, fence: &str, code: String, line: u32) {
        let Some(language) = Language::from_fence(fence) else { return };
        let mut case =
            Case { section, language, code: String::new(), files: Vec::new(), line, exceptions: BTreeMap::new() };
        match (file_name(fence), self.cases.last_mut().filter(|last| last.section == section)) {
            (None, _) => case.code = code,
            (Some(name), Some(last)) if name != "site.toml" => return last.files.push((name.to_owned(), code)),
            (Some(name), _) => case.files.push((name.to_owned(), code)),
        }
        self.cases.push(case);
    }
}

/// The file that a fence names after its language: `toml site.toml`.
fn file_name(fence: &str) -> Option<&str> {
    let (_, name) = fence.trim().split_once(' ')?;
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
    (name.contains('.') && name.split('/').all(is_plain)).then_some(name)
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn exception(line: &str) -> Option<(String, Verdict)> {
    let (resource, verdict) = line.trim().strip_prefix("- `")?.split_once('`')?;
    let verdict = match verdict.trim().trim_end_matches('.') {
        "fails" => Verdict::Fail,
        "passes" => Verdict::Pass,
        "is unknown" => Verdict::Unknown,
        "is not applicable" => Verdict::NotApplicable,
        _ => return None,
    };
    Some((resource.to_owned(), verdict))
}

#[cfg(test)]
mod tests {
    use super::{Language, Page, Section, Verdict};

    #[test]
    fn a_page_is_explanation_and_test() {
        let page = Page::parse(
            "# Title\n\nWhy it matters.\n\n## Remedy\n\nTurn it on:\n\n```hcl\nx = 1\n```\n\n## Fails\n\n```hcl\na\n```\n\n- `a.b` passes\n\n## Passes\n\n```yaml\nb\n```\n",
        );
        assert_eq!(page.rationale, "Why it matters.");
        assert_eq!(page.remedy, "Turn it on:\n\n```hcl\nx = 1\n```");
        let found: Vec<_> = page.cases.iter().map(|case| (case.section, case.language, case.code.as_str())).collect();
        assert_eq!(found, [(Section::Fails, Language::Hcl, "a\n"), (Section::Passes, Language::Yaml, "b\n")]);
        assert_eq!(page.cases.first().map(|case| case.exceptions.get("a.b")), Some(Some(&Verdict::Pass)));
    }
}
