//! Colours, when there are any.

/// A colour of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    Red,
    Yellow,
    Green,
    Cyan,
    Dim,
}

/// Paints text, or leaves it as it is.
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    pub(super) fn with(&self, color: Color, text: &str) -> String {
        let code = match color {
            Color::Red => "31",
            Color::Yellow => "33",
            Color::Green => "32",
            Color::Cyan => "36",
            Color::Dim => "2",
        };
        self.wrap(code, text)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn wrap(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
