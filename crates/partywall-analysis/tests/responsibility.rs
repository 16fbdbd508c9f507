//! Who is answerable for what, in the configurations that decide it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::sync::Arc;

use partywall_analysis::responsibility::{Facts, decide};
use partywall_model::Party::{Customer, NotApplicable, Provider, Shared};
use partywall_model::{
    Cause, Cell, ColumnType, Default, Inventory, Layer, Origin, Party, Responsibility, Row, Scalar, Unknown, table,
};

const RESOURCE: &str = "subject";

/// A row with the defaults of its table, but for the given columns.
fn row(table_name: &str, resource: &str, cells: &[(&str, Cell)]) -> Row {
    let table = table(table_name).unwrap_or_else(|| panic!("no table `{table_name}`"));
    for (name, _) in cells {
        assert!(table.column(name).is_some(), "`{table_name}` has no column `{name}`");
    }
    let cells = table
        .columns
        .iter()
        .map(|column| match cells.iter().find(|(name, _)| *name == column.name) {
            Some((_, cell)) => cell.clone(),
            None => default(column.default, column.column_type),
        })
        .collect();
    Row {
        resource: resource.into(),
        origin: Arc::new(Origin::Document { file: "test".into(), path: resource.to_owned() }),
        existence: None,
        unseen: None,
        cells,
    }
}

fn default(default: Default, column_type: ColumnType) -> Cell {
    match default {
        Default::Unknown => unknown("default", Cause::ServiceDecides),
        Default::Value(Scalar::Text(text)) => Cell::text(text),
        Default::Value(Scalar::Boolean(truth)) => Cell::Boolean(truth),
        Default::Value(Scalar::Integer(number)) => Cell::Integer(number),
        Default::Value(Scalar::Number(number)) => Cell::Number(number),
        Default::Value(Scalar::Texts(texts)) => Cell::List(texts.iter().map(|text| Cell::text(*text)).collect()),
        Default::Empty => match column_type {
            ColumnType::List(_) => Cell::List(Vec::new()),
            ColumnType::Map => Cell::Map(std::collections::BTreeMap::default()),
            ColumnType::Struct(_) => Cell::Struct(Vec::new()),
            _ => Cell::text(""),
        },
    }
}

fn unknown(symbol: &str, cause: Cause) -> Cell {
    Cell::Unknown(Arc::new(Unknown { symbol: symbol.into(), cause, reference: None }))
}

fn variable(name: &str) -> Cell {
    unknown(name, Cause::NoValue)
}

fn text(text: &str) -> Cell {
    Cell::text(text)
}

fn list(items: &[&str]) -> Cell {
    Cell::List(items.iter().map(|item| Cell::text(*item)).collect())
}

fn decided(table_name: &str, cells: &[(&str, Cell)], others: Vec<(&str, Row)>) -> Vec<Responsibility> {
    let mut inventory = Inventory::default();
    inventory.push(table_name, row(table_name, RESOURCE, cells)).unwrap();
    for (name, other) in others {
        inventory.push(name, other).unwrap();
    }
    let facts = Facts::shipped().unwrap();
    decide(&facts, &inventory).into_iter().filter(|duty| duty.resource.as_ref() == RESOURCE).collect()
}

fn duty(table_name: &str, cells: &[(&str, Cell)], layer: Layer) -> Responsibility {
    on_layer(decided(table_name, cells, Vec::new()), layer)
}

fn on_layer(duties: Vec<Responsibility>, layer: Layer) -> Responsibility {
    duties.into_iter().find(|duty| duty.layer == layer).expect("every layer has a duty")
}

#[test]
fn shipped_facts_lead_somewhere_and_cover_every_table() {
    assert_eq!(Facts::shipped().unwrap().faults(), Vec::<String>::new());
}

#[test]
fn every_table_answers_all_layers_with_a_reason_and_an_address() {
    for table in Inventory::all_tables().iter().filter(|table| !table.derived) {
        if table.sources.iter().all(|source| source.each.is_some()) {
            continue;
        }
        let duties = decided(table.name, &[], Vec::new());
        assert_eq!(duties.len(), Layer::ALL.len(), "{}", table.name);
        for duty in &duties {
            assert!(!duty.why.is_empty(), "{} {}", table.name, duty.layer.id());
            assert!(duty.source.contains("<https://"), "{} {}: {}", table.name, duty.layer.id(), duty.source);
        }
        assert!(
            duties.iter().any(|duty| duty.party.is_none_or(Party::is_ours)),
            "{} leaves nothing to the customer; why is it a table?",
            table.name
        );
    }
}

/// Table, columns that differ from the defaults, layer, party, and what the rule must name.
type Case<'a> = (&'a str, &'a [(&'a str, Cell)], Layer, Party, &'a str);

fn check(cases: &[Case<'_>]) {
    for (table, cells, layer, party, rule) in cases {
        let duty = duty(table, cells, *layer);
        let place = format!("{table} {} with {cells:?}: {}", layer.id(), duty.rule);
        assert_eq!(duty.party, Some(*party), "{place}");
        assert!(duty.rule.contains(rule), "{place} does not name `{rule}`");
    }
}

#[test]
fn configuration_of_databases_decides() {
    let mysql = |column: &'static str, cell: Cell| [("engine", text("mysql")), (column, cell)];
    let standby = |protected: bool| {
        [
            ("engine", text("mysql")),
            ("multi_az", Cell::Boolean(true)),
            ("deletion_protection", Cell::Boolean(protected)),
        ]
    };
    let standby_cluster = [("engine", text("postgres")), ("deletion_protection", Cell::Boolean(true))];
    let rds = "aws_rds_db_instance";
    check(&[
        (rds, &standby(true), Layer::PlatformRecovery, Provider, "service Amazon RDS"),
        (rds, &standby(false), Layer::PlatformRecovery, Shared, "unprotected"),
        (rds, &mysql("multi_az", Cell::Boolean(false)), Layer::PlatformRecovery, Customer, "no_multi_az"),
        (rds, &mysql("backup_retention_period", Cell::Integer(7)), Layer::Backup, Shared, "service Amazon RDS"),
        (rds, &mysql("backup_retention_period", Cell::Integer(0)), Layer::Backup, Customer, "no_backup"),
        (rds, &mysql("publicly_accessible", Cell::Boolean(true)), Layer::NetworkConfiguration, Customer, "public"),
        (rds, &mysql("auto_minor_version_upgrade", Cell::Boolean(false)), Layer::Engine, Shared, "no_auto_minor"),
        (rds, &mysql("multi_az", Cell::Boolean(false)), Layer::GuestOs, Provider, "service Amazon RDS"),
        (rds, &[("engine", text("custom-oracle-ee"))], Layer::GuestOs, Customer, "RDS Custom for Oracle"),
        (rds, &[("engine", text("custom-sqlserver-se"))], Layer::GuestOs, Provider, "RDS Custom for SQL Server"),
        (rds, &[("engine", text("aurora-mysql"))], Layer::PlatformRecovery, Provider, "Aurora instance"),
        (rds, &[("engine", text("aurora-mysql"))], Layer::Backup, NotApplicable, "Aurora instance"),
        ("aws_rds_db_cluster", &[("engine", text("aurora-postgresql"))], Layer::Backup, Shared, "Aurora cluster"),
        ("aws_rds_db_cluster", &standby_cluster, Layer::PlatformRecovery, Provider, "Multi-AZ cluster"),
        ("aws_dynamodb_table", &[], Layer::Backup, Customer, "no_continuous_backup"),
        ("aws_redshift_cluster", &[], Layer::PlatformRecovery, Shared, "Redshift cluster"),
        ("aws_redshift_cluster", &[("multi_az", Cell::Boolean(true))], Layer::PlatformRecovery, Provider, "multi_az"),
        ("aws_elasticache_replication_group", &[], Layer::PlatformRecovery, Customer, "no_failover"),
        ("aws_elasticache_cluster", &[("engine", text("memcached"))], Layer::Backup, NotApplicable, "Memcached"),
    ]);
}

#[test]
fn configuration_of_compute_decides() {
    check(&[
        ("aws_ec2_instance", &[], Layer::GuestOs, Customer, "EC2 instance"),
        (
            "aws_ec2_instance",
            &[("source_dest_check", Cell::Boolean(false))],
            Layer::NetworkConfiguration,
            Customer,
            "nat_instance",
        ),
        ("aws_lambda_function", &[("runtime", text("python3.13"))], Layer::Engine, Provider, "service AWS Lambda"),
        ("aws_lambda_function", &[("package_type", text("Image"))], Layer::Engine, Customer, "image"),
        ("aws_lambda_function", &[("runtime", text("python3.8"))], Layer::Engine, Customer, "deprecated_runtime"),
        ("aws_lambda_function", &[("runtime", text("provided.al2023"))], Layer::Engine, Shared, "custom_runtime"),
        ("aws_lambda_function", &[], Layer::NetworkConfiguration, Provider, "no_vpc"),
        (
            "aws_lambda_function",
            &[("url_authorization_type", text("NONE"))],
            Layer::NetworkConfiguration,
            Customer,
            "open_url",
        ),
        ("aws_ecs_service", &[("launch_type", text("FARGATE"))], Layer::GuestOs, Provider, "Fargate"),
        ("aws_ecs_service", &[("capacity_providers", list(&["FARGATE_SPOT"]))], Layer::GuestOs, Provider, "Fargate"),
        ("aws_ecs_service", &[("launch_type", text("EC2"))], Layer::GuestOs, Customer, "ECS on EC2"),
        ("aws_ecs_service", &[("launch_type", text("EXTERNAL"))], Layer::Facility, Customer, "hybrid"),
        ("aws_ecs_capacity_provider", &[], Layer::GuestOs, Provider, "Managed Instances"),
        ("aws_ecs_capacity_provider", &[("auto_scaling_group_arn", text("a"))], Layer::GuestOs, Customer, "ECS on EC2"),
        ("aws_eks_cluster", &[("auto_mode_enabled", Cell::Boolean(true))], Layer::GuestOs, Provider, "Auto Mode"),
        ("aws_eks_cluster", &[], Layer::GuestOs, Customer, "EKS cluster"),
        ("aws_eks_node_group", &[("ami_type", text("AL2023_x86_64_STANDARD"))], Layer::GuestOs, Shared, "node group"),
        ("aws_eks_node_group", &[], Layer::GuestOs, Shared, "node group"),
        ("aws_eks_node_group", &[("ami_type", text("CUSTOM"))], Layer::GuestOs, Customer, "custom_image"),
        ("aws_emr_cluster", &[], Layer::GuestOs, Shared, "EMR"),
        ("aws_emr_cluster", &[], Layer::ApplicationCode, Customer, "EMR"),
        ("aws_elastic_beanstalk_environment", &[], Layer::ApplicationCode, Customer, "managed_instance"),
        ("aws_emr_cluster", &[("custom_ami_id", text("ami-1"))], Layer::GuestOs, Customer, "custom_image"),
        (
            "aws_opensearch_domain",
            &[("auto_software_update_enabled", Cell::Boolean(true))],
            Layer::GuestOs,
            Provider,
            "auto_update",
        ),
        ("aws_mq_broker", &[], Layer::PlatformRecovery, Customer, "single_instance"),
        ("aws_vpc_subnet", &[("outpost_arn", text("arn:aws:outposts:x"))], Layer::Facility, Customer, "outpost"),
    ]);
}

#[test]
fn configuration_of_storage_and_keys_decides() {
    check(&[
        ("aws_s3_bucket", &[], Layer::Backup, Customer, "unversioned"),
        ("aws_s3_bucket", &[("versioning_enabled", Cell::Boolean(true))], Layer::Backup, Shared, "S3 bucket"),
        ("aws_s3_bucket", &[("directory_bucket", Cell::Boolean(true))], Layer::PlatformRecovery, Customer, "one_zone"),
        (
            "aws_efs_file_system",
            &[("availability_zone_name", text("a"))],
            Layer::PlatformRecovery,
            Customer,
            "one_zone",
        ),
        ("aws_kms_key", &[], Layer::Backup, Provider, "AWS KMS"),
        ("aws_kms_key", &[("origin", text("EXTERNAL"))], Layer::Backup, Customer, "imported"),
        ("aws_kms_key", &[("origin", text("AWS_CLOUDHSM"))], Layer::PlatformRecovery, Customer, "hsm_cluster"),
        ("aws_kms_key", &[("origin", text("EXTERNAL_KEY_STORE"))], Layer::Data, Customer, "external_store"),
    ]);
}

#[test]
fn settings_owe_only_what_they_set() {
    for (table, layers) in [
        ("aws_iam_policy", &[Layer::Identity][..]),
        ("aws_iam_policy_attachment", &[Layer::Identity]),
        ("aws_vpc_security_group", &[Layer::NetworkConfiguration, Layer::Identity]),
        ("aws_vpc_route", &[Layer::NetworkConfiguration]),
        ("aws_vpc_internet_gateway", &[Layer::NetworkConfiguration, Layer::Identity]),
        ("aws_cloudwatch_log_group", &[Layer::Data, Layer::Logging]),
        ("aws_kms_key", &[Layer::Identity, Layer::Data]),
        ("aws_rds_db_subnet_group", &[Layer::NetworkConfiguration, Layer::PlatformRecovery]),
        ("aws_cloudwatch_alarm", &[Layer::Logging]),
        ("aws_backup_plan", &[Layer::Backup]),
        ("aws_guardduty_detector", &[Layer::Logging]),
    ] {
        let owed: Vec<Layer> = decided(table, &[], Vec::new())
            .into_iter()
            .filter(|duty| duty.party.is_none_or(Party::is_ours))
            .map(|duty| duty.layer)
            .collect();
        assert_eq!(owed, layers, "{table}");
    }
}

#[test]
fn a_part_of_a_resource_owes_nothing_of_its_own() {
    let mut inventory = Inventory::default();
    inventory.push("aws_vpc_security_group", row("aws_vpc_security_group", "group", &[])).unwrap();
    for rule in ["group/ingress[0]/0.0.0.0/0", "folder/template.yaml#Rule"] {
        inventory.push("aws_vpc_security_group_rule", row("aws_vpc_security_group_rule", rule, &[])).unwrap();
    }
    let duties = decide(&Facts::shipped().unwrap(), &inventory);
    let of = |resource: &str| duties.iter().filter(|duty| duty.resource.as_ref() == resource).count();
    assert_eq!(of("group/ingress[0]/0.0.0.0/0"), 0, "its group answers for it");
    assert_eq!((of("group"), of("folder/template.yaml#Rule")), (Layer::ALL.len(), Layer::ALL.len()));
}

#[test]
fn a_key_of_the_customers_changes_the_reason_and_not_the_party() {
    let own = duty("aws_s3_bucket", &[("kms_master_key_id", text("aws_kms_key.own"))], Layer::Data);
    assert_eq!((own.party, own.rule.contains("customer_key")), (Some(Shared), true));
    assert!(own.why.contains("rotation"), "{}", own.why);
    for key in [text(""), text("alias/aws/s3"), text("arn:aws:kms:eu-west-1:111122223333:alias/aws/s3")] {
        let other = duty("aws_s3_bucket", &[("kms_master_key_id", key)], Layer::Data);
        assert_eq!((other.party, other.rule.contains("customer_key")), (Some(Shared), false));
    }
    let not_known = duty("aws_s3_bucket", &[("kms_master_key_id", variable("var.key"))], Layer::Data);
    assert_eq!(not_known.party, Some(Shared), "both alternatives name the same party");
}

#[test]
fn what_decides_and_is_not_known_leaves_both_alternatives() {
    let unread = || variable("var.it");
    for (table, column, layer, named) in [
        ("aws_lambda_function", "package_type", Layer::Engine, ["provider if", "customer if configuration image"]),
        (
            "aws_rds_db_instance",
            "engine",
            Layer::GuestOs,
            ["customer if service Amazon RDS Custom for Oracle", "provider if service Amazon RDS"],
        ),
        (
            "aws_rds_db_instance",
            "publicly_accessible",
            Layer::NetworkConfiguration,
            ["shared if", "customer if configuration public"],
        ),
        (
            "aws_ecs_service",
            "launch_type",
            Layer::GuestOs,
            ["provider if service Amazon ECS on Fargate", "customer if service Amazon ECS on EC2"],
        ),
        (
            "aws_eks_node_group",
            "launch_template",
            Layer::GuestOs,
            ["shared if", "customer if configuration template_image"],
        ),
        (
            "aws_workspaces_workspace",
            "directory_id",
            Layer::GuestOs,
            ["shared if", "customer if configuration maintenance_off"],
        ),
    ] {
        let duty = duty(table, &[(column, unread())], layer);
        assert_eq!(duty.party, None, "{table}: {}", duty.rule);
        assert!(duty.rule.starts_with("undetermined: "), "{}", duty.rule);
        for alternative in named {
            assert!(duty.rule.contains(alternative), "{table}: `{}` does not name `{alternative}`", duty.rule);
        }
        assert!(duty.why.contains("; or: "), "{table}: {}", duty.why);
    }
}

#[test]
fn a_row_elsewhere_is_looked_at_and_not_guessed() {
    let maintained = |on: Cell| {
        let directory = row("aws_workspaces_directory", "directory", &[("enable_maintenance_mode", on)]);
        let cells = [("directory_id", text("directory"))];
        on_layer(
            decided("aws_workspaces_workspace", &cells, vec![("aws_workspaces_directory", directory)]),
            Layer::GuestOs,
        )
    };
    assert_eq!(maintained(Cell::Boolean(true)).party, Some(Shared));
    assert_eq!(maintained(Cell::Boolean(false)).party, Some(Customer));
    assert_eq!(maintained(variable("var.maintenance")).party, None);
    let missing = duty("aws_workspaces_workspace", &[("directory_id", text("d-906"))], Layer::GuestOs);
    assert_eq!(missing.party, None);
    assert!(missing.rule.contains("`d-906` is not in what was scanned"), "{}", missing.rule);
}

#[test]
fn an_instance_on_an_outpost_stands_in_the_customers_building() {
    let outpost = || vec![("aws_vpc_subnet", row("aws_vpc_subnet", "subnet", &[("outpost_arn", text("arn:x"))]))];
    let cells = [("subnet_id", text("subnet"))];
    let facility = on_layer(decided("aws_ec2_instance", &cells, outpost()), Layer::Facility);
    assert_eq!(facility.party, Some(Customer), "{}", facility.rule);
    let elsewhere = duty("aws_ec2_instance", &[("subnet_id", variable("var.subnet"))], Layer::Facility);
    assert_eq!(elsewhere.party, Some(Provider));
    assert!(elsewhere.why.contains("not known counts as one in a Region"), "{}", elsewhere.why);
}

#[test]
fn the_variant_that_leaves_the_customer_more_wins() {
    let runtime = [("update_runtime_on", text("FunctionUpdate")), ("package_type", text("Image"))];
    let engine = duty("aws_lambda_function", &runtime, Layer::Engine);
    assert_eq!((engine.party, engine.rule.contains("image")), (Some(Customer), true), "{}", engine.rule);
    let backup = [
        ("engine", text("mysql")),
        ("skip_final_snapshot", Cell::Boolean(true)),
        ("backup_retention_period", Cell::Integer(0)),
    ];
    assert_eq!(duty("aws_rds_db_instance", &backup, Layer::Backup).party, Some(Customer));
    let certain = [("package_type", text("Image")), ("update_runtime_on", variable("var.mode"))];
    assert_eq!(duty("aws_lambda_function", &certain, Layer::Engine).party, Some(Customer), "nothing can add to it");
}

#[test]
fn the_missions_claim_stands_beside_the_documentation() {
    for (table, cells) in [
        ("aws_s3_bucket", &[][..]),
        ("aws_rds_db_instance", &[("engine", text("mysql"))]),
        ("aws_rds_db_cluster", &[("engine", text("aurora-mysql"))]),
        ("aws_dynamodb_table", &[]),
        ("aws_redshift_cluster", &[]),
        ("aws_emr_cluster", &[]),
        ("aws_workspaces_workspace", &[]),
        ("aws_ec2_instance", &[]),
        ("aws_vpc", &[]),
    ] {
        let duties = decided(table, cells, Vec::new());
        assert!(duties.iter().all(|duty| !duty.mission_claim.is_empty()), "{table}");
    }
    assert!(duty("aws_emr_cluster", &[], Layer::GuestOs).why.contains("mission"));
}
