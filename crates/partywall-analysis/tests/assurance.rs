//! The shipped facts keep their own rules.

use partywall_analysis::assurance::Facts;

#[test]
fn every_service_has_a_name_in_reports_and_every_programme_a_source() {
    assert_eq!(Facts::shipped().faults(), Vec::<String>::new());
    for (written, id) in [("PCI DSS", "pci-dss"), ("SOC 2 Type II", "soc-2"), ("soc-2", "soc-2"), ("Other", "other")] {
        assert_eq!(Facts::shipped().programme_id(written), id);
    }
    assert_eq!(Facts::shipped().title("iso-27001"), "ISO/IEC 27001");
}
