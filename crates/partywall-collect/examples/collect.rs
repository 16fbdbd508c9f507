//! Collects into the folder, or `s3://bucket/prefix`, that is named, with every call that there is.

use partywall_collect::{Event, Location, Options, Organization, collect};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().ok_or("name a folder")?;
    let role = arguments.next();
    let options = Options {
        store: Location::from(store.as_str()),
        organization: role.map(|role| Organization { role, ..Organization::default() }),
        regions: arguments.collect(),
        program: "example".to_owned(),
        ..Options::default()
    };
    let calls: Vec<_> = partywall_model::CALLS.iter().collect();
    let summary = collect(
        &options,
        &calls,
        |_, _| false,
        |event| {
            if !matches!(event, Event::CallFinished { refusal: None, .. }) {
                eprintln!("{event:?}");
            }
        },
    )?;
    println!("{summary:#?}");
    Ok(())
}
