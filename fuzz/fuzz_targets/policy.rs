//! IAM policy documents, and every question that is asked of them.
#![no_main]

use aws_policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::parse(text) {
        policy.allows_public();
        policy.denies_insecure_transport();
        policy.allows_full_administration();
        policy.allows_all_of_service();
        policy.allows_action_everywhere("iam:passrole");
        policy.trusts_service_without_source();
    }
});
