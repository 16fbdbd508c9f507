//! Indentation that CloudFormation's own parser does not mind and YAML 1.2 does: quoted text and
//! `[…]` or `{…}` that go on in lines which are indented no deeper than where they began.

/// Deep enough for any line that continues another, in spaces.
const CONTINUATION: usize = 160;

/// The same text with such lines indented. What they hold and the number of lines stay as they are.
pub(super) fn corrected(text: &str) -> String {
    let mut reader = Reader { flows: 0, quote: None, block: None };
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for line in text.lines() {
        reader.line(line, &mut out);
        out.push('\n');
    }
    out
}

struct Reader {
    /// Brackets and braces that are open.
    flows: usize,
    /// The quote that is open.
    quote: Option<char>,
    /// The indentation below which the block scalar that is open ends.
    block: Option<usize>,
}

impl Reader {
    fn line(&mut self, line: &str, out: &mut String) {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        if self.block.is_some_and(|block| content.is_empty() || indent > block) {
            return out.push_str(line);
        }
        self.block = None;
        if self.quote.is_some() || self.flows > 0 {
            if !content.is_empty() {
                out.extend(std::iter::repeat_n(' ', CONTINUATION));
            }
            out.push_str(content);
        } else {
            out.push_str(line);
        }
        self.content(content, indent);
    }

    fn content(&mut self, content: &str, indent: usize) {
        let mut characters = content.chars().peekable();
        // Whether a new value may begin here, and whether a comment may.
        let (mut fresh, mut spaced) = (true, true);
        while let Some(character) = characters.next() {
            let blank_follows = characters.peek().is_none_or(|next| next.is_whitespace());
            if let Some(quote) = self.quote {
                match (quote, character) {
                    ('"', '\\') => drop(characters.next()),
                    ('\'', '\'') if characters.peek() == Some(&'\'') => drop(characters.next()),
                    _ if character == quote => self.quote = None,
                    _ => {}
                }
                (fresh, spaced) = (false, false);
                continue;
            }
            match character {
                '#' if spaced => return,
                ' ' | '\t' => {}
                '"' | '\'' if fresh => self.quote = Some(character),
                '[' | '{' if fresh || self.flows > 0 => self.flows += 1,
                ']' | '}' if self.flows > 0 => {
                    self.flows -= 1;
                    fresh = false;
                }
                ',' if self.flows > 0 => fresh = true,
                ':' if blank_follows || self.flows > 0 => fresh = true,
                '-' | '?' if fresh && blank_follows => {}
                '!' | '&' if fresh => while characters.next_if(|next| !next.is_whitespace()).is_some() {},
                '|' | '>' if fresh && self.flows == 0 => {
                    self.block = Some(indent);
                    return;
                }
                _ => fresh = false,
            }
            spaced = character.is_whitespace();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::corrected;

    #[test]
    fn only_lines_that_continue_a_value_move() {
        let pad = " ".repeat(super::CONTINUATION);
        let cases = [
            ("a: [\n]\nb: c", format!("a: [\n{pad}]\nb: c\n")),
            ("a: '{\n x: ''\n  }'\nb: c", format!("a: '{{\n{pad}x: ''\n{pad}}}'\nb: c\n")),
            ("a: !Sub '{\n}'", format!("a: !Sub '{{\n{pad}}}'\n")),
            ("a: |\n  [ \"\n  x\nb: [x] # [\nc: d", "a: |\n  [ \"\n  x\nb: [x] # [\nc: d\n".to_owned()),
            ("- it's [x\n- 'y'", "- it's [x\n- 'y'\n".to_owned()),
        ];
        for (text, expected) in cases {
            assert_eq!(corrected(text), expected);
        }
    }
}
