#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::next_tokens;
use crate::wire::Pages;

fn next(pages: Value, answer: Value) -> Result<Option<Vec<(String, Value)>>, String> {
    let pages: Pages = serde_json::from_value(pages).unwrap();
    next_tokens(&pages, answer.as_object().unwrap())
}

fn token(name: &str, value: &str) -> Result<Option<Vec<(String, Value)>>, String> {
    Ok(Some(vec![(name.to_owned(), value.into())]))
}

#[test]
fn the_next_page_is_asked_for_with_the_token() {
    let pages = || json!({"input": ["Marker"], "output": ["NextMarker || Contents[-1].Key"], "more": "IsTruncated"});
    assert_eq!(next(pages(), json!({"IsTruncated": true, "NextMarker": "n"})), token("Marker", "n"));
    let contents = json!({"IsTruncated": true, "Contents": [{"Key": "a"}, {"Key": "b"}]});
    assert_eq!(next(pages(), contents), token("Marker", "b"));
    assert_eq!(next(pages(), json!({"IsTruncated": false, "NextMarker": "n"})), Ok(None));
    assert_eq!(next(pages(), json!({"NextMarker": "n"})), Ok(None), "more pages are announced or there are none");
    assert!(next(pages(), json!({"IsTruncated": true})).is_err(), "never taken for the end");
}

#[test]
fn an_empty_token_is_the_end() {
    let pages = || json!({"input": ["NextToken"], "output": ["List.NextToken"]});
    assert_eq!(next(pages(), json!({"List": {"NextToken": "n"}})), token("NextToken", "n"));
    for end in
        [json!({}), json!({"List": {}}), json!({"List": {"NextToken": ""}}), json!({"List": {"NextToken": null}})]
    {
        assert_eq!(next(pages(), end), Ok(None));
    }
}

#[test]
fn several_tokens_go_together() {
    let pages = json!({"input": ["Name", "Type"], "output": ["NextName", "NextType"]});
    let tokens = next(pages, json!({"NextName": "n", "NextType": "t"})).unwrap().unwrap();
    assert_eq!((tokens.len(), tokens[1].0.as_str()), (2, "Type"));
}
