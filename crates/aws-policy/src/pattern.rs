//! Wildcard patterns, and text that is not resolved yet.

/// Whether text matches a pattern in which `*` stands for any text and `?` for any one character.
///
/// Takes time proportional to the product of both lengths at worst, whatever the number of stars.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at_pattern, mut at_text) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match (pattern.get(at_pattern), text.get(at_text)) {
            (Some('*'), _) => {
                last_star = Some((at_pattern, at_text));
                at_pattern += 1;
            }
            (Some('?'), _) => {
                at_pattern += 1;
                at_text += 1;
            }
            (Some(expected), Some(found)) if expected == found => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => match last_star {
                Some((star, from)) => {
                    last_star = Some((star, from + 1));
                    at_pattern = star + 1;
                    at_text = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at_pattern..).is_some_and(|rest| rest.iter().all(|character| *character == '*'))
}

/// Whether the whole text is one placeholder whose value could be anything, `*` included.
///
/// A placeholder for an ARN (`${aws_iam_role.deploy.arn}`) is not: an ARN never is `*`.
pub fn is_placeholder(text: &str) -> bool {
    let Some(inside) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else { return false };
    let is_policy_variable = inside.split_once(':').is_some_and(|(_, key)| !key.starts_with(':'));
    !inside.contains("${") && !is_policy_variable && !inside.to_ascii_lowercase().ends_with("arn")
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, matches};

    #[test]
    fn stars_and_question_marks_match_as_iam_says() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("s3:?et*t", "s3:GetObject", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn ten_stars_end_in_bounded_time() {
        let text = "a".repeat(5_000);
        assert!(!matches("*a*a*a*a*a*a*a*a*a*a*b", &text));
    }

    #[test]
    fn policy_variables_and_arns_are_no_placeholders() {
        for (text, expected) in [
            ("${var.principal}", true),
            ("${AWS::AccountId}", true),
            ("${aws:username}", false),
            ("${aws_iam_role.deploy.arn}", false),
            ("arn:aws:iam::${var.account}:root", false),
        ] {
            assert_eq!(is_placeholder(text), expected, "{text}");
        }
    }
}
