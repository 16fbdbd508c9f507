//! Against the examples of the documents.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Envelope, pae};
use crate::{Day, Key, Person, PublicKey, Trust};

/// <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#test-vectors>
#[test]
fn what_is_signed_is_as_the_protocol_says() {
    assert_eq!(
        pae("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
}

/// RFC 8032, section 7.1, test 1, and RFC 8410, section 10.1 and 10.3: <https://www.rfc-editor.org/rfc/rfc8410>
#[test]
fn keys_and_signatures_are_as_the_documents_say() {
    let seed: Vec<u8> = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = Key::of_seed(&seed.try_into().unwrap());
    let signature = bytes(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
    assert_eq!(key.sign(b"").to_vec(), signature);
    let published = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    assert_eq!(Key::from_pem(pem).unwrap().public().to_text(), published);
    assert_eq!(Key::from_pem(pem).unwrap().to_pem().unwrap(), pem);
    assert_eq!(PublicKey::from_text(published).unwrap().to_text(), published);
}

/// A point of small order verifies signatures that nobody made.
#[test]
fn a_weak_key_is_none() {
    assert!(PublicKey::from_text("MCowBQYDK2VwAyEAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").is_err());
}

#[test]
fn one_key_speaks_for_one_person() {
    let day: Day = "2026-01-01".parse().unwrap();
    let person = |name: &str| Person {
        name: name.into(),
        role: "ciso".into(),
        key: Key::of_seed(&[7; 32]).public(),
        valid_from: day,
        valid_until: day,
    };
    let mut trust = Trust::default();
    trust.add(person("Ada")).unwrap();
    assert!(trust.add(person("Grace")).unwrap_err().to_string().contains("Ada"));
    assert_eq!(Trust::parse(&trust.to_text().unwrap()).unwrap().people().len(), 1);
}

#[test]
fn another_spelling_is_refused() {
    let envelope = Envelope::seal("text", &"hello", &Key::of_seed(&[7; 32])).unwrap();
    let bytes = envelope.to_bytes().unwrap();
    assert_eq!(Envelope::read(&bytes).unwrap(), envelope);
    assert!(Envelope::read(&[&b" "[..], &bytes].concat()).is_err());
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2).unwrap(), 16).unwrap()).collect()
}
