//! SNMP v2c: the objects of the UPS-MIB, RFC 1628, <https://www.rfc-editor.org/rfc/rfc1628>. Only GetBulk is ever sent.

mod message;

use std::net::UdpSocket;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Answer, Device, Patience, left};
use message::{Reply, Variable};

/// Where the MIB begins: `upsMIB`.
const MIB: [u64; 8] = [1, 3, 6, 1, 2, 1, 33, 1];

/// Variables of one agent.
const VARIABLES_MAX: usize = 5_000;

/// Requests that may go unanswered before the agent counts as silent: datagrams get lost.
const ATTEMPTS: u32 = 3;

/// Bytes of a datagram.
const DATAGRAM_BYTES_MAX: usize = 65_507;

const QUESTION: &str = "WALK 1.3.6.1.2.1.33";

/// Walks the MIB.
pub(super) fn ask(device: &Device, patience: Patience, end: Instant) -> Vec<Answer> {
    vec![match walk(device, patience, end) {
        Ok(variables) => Answer::given(QUESTION, Value::Array(variables)),
        Err(cause) => {
            let cure = "check the address, the community and that the agent shows the UPS-MIB";
            Answer::refused(QUESTION, cause, cure)
        }
    }]
}

fn walk(device: &Device, patience: Patience, end: Instant) -> Result<Vec<Value>, String> {
    let mut agent = Agent::open(device, patience, end)?;
    let mut variables = Vec::new();
    let mut place: Vec<u64> = MIB.to_vec();
    loop {
        let page = agent.after(&place)?;
        if page.is_empty() {
            return Ok(variables);
        }
        for Variable { name, kind, value } in page {
            if !name.starts_with(&MIB) || kind == message::END {
                return Ok(variables);
            }
            // An agent that does not go forward would be walked for ever.
            if name <= place {
                return Err("the agent's list goes in a circle".to_owned());
            }
            let written: Vec<String> = name.iter().map(u64::to_string).collect();
            variables.push(json!([written.join("."), kind, value]));
            place = name;
            if variables.len() > VARIABLES_MAX {
                return Err(format!("the agent has more than {VARIABLES_MAX} variables"));
            }
        }
    }
}

struct Agent {
    socket: UdpSocket,
    community: String,
    request: i32,
    patience: Patience,
    end: Instant,
}

impl Agent {
    fn open(device: &Device, patience: Patience, end: Instant) -> Result<Self, String> {
        let address =
            if device.address.contains(':') { device.address.clone() } else { format!("{}:161", device.address) };
        let unreachable = |error: std::io::Error| format!("`{address}` cannot be reached: {error}");
        let socket = UdpSocket::bind("0.0.0.0:0").map_err(unreachable)?;
        socket.connect(&address).map_err(unreachable)?;
        let community = device.credentials.as_ref().map_or("public", |credentials| credentials.password.as_str());
        Ok(Self { socket, community: community.to_owned(), request: 0, patience, end })
    }

    /// The variables that follow a name.
    fn after(&mut self, place: &[u64]) -> Result<Vec<Variable>, String> {
        let mut cause = "the agent is silent".to_owned();
        for _ in 0..ATTEMPTS {
            self.request += 1;
            let request = message::get_bulk(&self.community, self.request, place);
            self.socket.send(&request).map_err(|error| error.to_string())?;
            match self.receive() {
                Ok(Reply { error: 0, variables }) => return Ok(variables),
                Ok(Reply { error, .. }) => return Err(format!("the agent answers error {error}")),
                Err(other) => cause = other,
            }
        }
        Err(cause)
    }

    /// The reply to the last request. Datagrams that belong to others are passed over until the time is up.
    fn receive(&self) -> Result<Reply, String> {
        let patience = Patience { reply: self.patience.reply / ATTEMPTS, ..self.patience };
        let wait = left(patience, self.end).ok_or("the device took too long")?;
        let until = Instant::now() + wait;
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut cause = "the agent is silent".to_owned();
        while let Some(left) = left(patience, until) {
            self.socket.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
            let Ok(count) = self.socket.recv(&mut buffer) else { continue };
            match message::reply(buffer.get(..count).unwrap_or_default(), self.request) {
                Ok(reply) => return Ok(reply),
                Err(error) => cause = error.to_owned(),
            }
        }
        Err(cause)
    }
}
