//! A day on which nothing happens: what people, pipelines, services and machines of a firm do all the same.

use serde_json::{Value, json};

/// The account.
const ACCOUNT: &str = "111122223333";

/// Where the day begins: 2026-03-03, in seconds since 1970 UTC.
const MIDNIGHT: i64 = 1_772_496_000;

const PEOPLE: [&str; 20] = [
    "anna", "bela", "cora", "dora", "emil", "fritz", "gerd", "hanna", "ida", "jan", "karl", "lena", "max", "nora",
    "otto", "paul", "rosa", "sven", "tina", "uwe",
];
const APPLICATIONS: [&str; 8] = ["web", "checkout", "search", "mailer", "orders", "reports", "stock", "login"];
const REGION: &str = "eu-central-1";

/// Addresses from which people work, many behind each.
const OFFICES: [&str; 2] = ["203.0.113.10", "203.0.113.11"];

/// Numbers that a seed gives, one after the other. <https://prng.di.unimi.it/splitmix64.c>
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        list.get(self.below(list.len())).unwrap()
    }
}

/// The day as it is written down.
struct Day {
    seed: Seed,
    events: Vec<(i64, Value)>,
}

/// The events of the day, in order of time; the same for the same seed.
pub(crate) fn events(seed: u64) -> Vec<Value> {
    let mut day = Day { seed: Seed(seed), events: Vec::new() };
    day.people();
    day.pipelines();
    day.services();
    day.applications();
    day.monitoring();
    day.machines();
    day.network();
    let kind = |event: &Value| (event.get("eventSource").is_none(), event.get("query_name").is_none());
    // Each log is delivered in objects of its own.
    day.events.sort_by_key(|(second, event)| (kind(event), *second));
    day.events.into_iter().map(|(_, event)| event).collect()
}

fn time(second: i64) -> String {
    let second = MIDNIGHT + second;
    chrono::DateTime::from_timestamp(second, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A session of a role.
fn session(role: &str, name: &str) -> Value {
    json!({
        "type": "AssumedRole",
        "principalId": format!("AROAEXAMPLE{}:{name}", role.to_uppercase()),
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAQUIETDAYEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": { "mfaAuthenticated": "false" },
        },
    })
}

/// What a service does on its own.
fn service(name: &str) -> Value {
    json!({ "type": "AWSService", "invokedBy": format!("{name}.amazonaws.com") })
}

/// What a service does in the name of a role.
fn by_service(role: &str, name: &str, service: &str) -> Value {
    let mut identity = session(role, name);
    identity["invokedBy"] = json!(format!("{service}.amazonaws.com"));
    identity
}

impl Day {
    fn call(&mut self, second: i64, who: &Value, address: &str, call: (&str, &str), parameters: Value) -> &mut Value {
        let (source, name) = call;
        let address = who.get("invokedBy").and_then(Value::as_str).unwrap_or(address);
        let region = if ["iam", "organizations", "signin"].contains(&source) { "us-east-1" } else { REGION };
        let read = ["Describe", "List", "Get", "Lookup"].iter().any(|verb| name.starts_with(verb));
        let event = json!({
            "eventVersion": "1.11",
            "userIdentity": who,
            "eventTime": time(second),
            "eventSource": format!("{source}.amazonaws.com"),
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": address,
            "userAgent": "aws-sdk-java/2.31.9 os/linux",
            "requestParameters": parameters,
            "responseElements": null,
            "eventID": format!("{:08x}-0000-4000-8000-{:012x}", second, self.events.len()),
            "readOnly": read,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        });
        self.events.push((second, event));
        let (_, event) = self.events.last_mut().unwrap();
        event
    }

    /// Some second of the working day.
    fn office_hour(&mut self) -> i64 {
        7 * 3600 + self.seed.below(10 * 3600) as i64
    }

    /// People sign in through the identity provider, or with a second factor, and look around in the console.
    fn people(&mut self) {
        let pages: [&[(&str, &str)]; 5] = [
            &[("ec2", "DescribeInstances"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeVpcs")],
            &[("s3", "ListBuckets"), ("s3", "GetBucketLocation"), ("s3", "GetBucketVersioning")],
            &[("lambda", "ListFunctions20150331"), ("logs", "DescribeLogGroups"), ("logs", "GetLogEvents")],
            &[("rds", "DescribeDBInstances"), ("monitoring", "DescribeAlarms"), ("monitoring", "GetMetricData")],
            &[("ecs", "ListClusters"), ("ecs", "DescribeServices"), ("ecs", "ListTasks")],
        ];
        for (place, person) in PEOPLE.iter().enumerate() {
            let address = OFFICES.get(place % OFFICES.len()).copied().unwrap();
            let start = 7 * 3600 + self.seed.below(2 * 3600) as i64;
            let who = match place < 5 {
                true => json!({
                    "type": "IAMUser",
                    "arn": format!("arn:aws:iam::{ACCOUNT}:user/{person}"),
                    "accountId": ACCOUNT,
                    "userName": person,
                    "accessKeyId": "ASIAPERSONXXEXAMPLE",
                    "sessionContext": { "attributes": { "mfaAuthenticated": "true" } },
                }),
                false => session("AWSReservedSSO_Developer_0a1b2c3d4e5f6071", person),
            };
            if place % 4 == 0 {
                self.sign_in(
                    start - 30,
                    &json!({ "type": "IAMUser", "accountId": ACCOUNT, "userName": person }),
                    address,
                    false,
                );
            }
            self.sign_in(start, &who, address, true);
            for _ in 0..70 {
                let (second, page) = (self.office_hour().max(start), *self.seed.pick(&pages));
                for (step, call) in page.iter().enumerate() {
                    let parameters = match call.1 {
                        name if name.starts_with("GetBucket") => {
                            json!({ "bucketName": format!("shop-{}", self.seed.below(6)) })
                        }
                        _ => Value::Null,
                    };
                    let event = self.call(second + step as i64, &who, address, *call, parameters);
                    event["sessionCredentialFromConsole"] = json!("true");
                    event["userAgent"] = json!("Mozilla/5.0 (X11; Linux x86_64) Firefox/138.0");
                }
            }
        }
        self.errands();
    }

    fn sign_in(&mut self, second: i64, who: &Value, address: &str, is_right: bool) {
        let event = self.call(second, who, address, ("signin", "ConsoleLogin"), Value::Null);
        event["eventType"] = json!("AwsConsoleSignIn");
        event["responseElements"] = json!({ "ConsoleLogin": if is_right { "Success" } else { "Failure" } });
        event["additionalEventData"] = json!({ "MFAUsed": "Yes", "MobileVersion": "No" });
    }

    /// What people do now and then: a shell, a new key of their own, a call for which they have no right.
    fn errands(&mut self) {
        for place in 0..6 {
            let person = *self.seed.pick(&PEOPLE);
            let who = session("AWSReservedSSO_Operator_0a1b2c3d4e5f6071", person);
            let second = self.office_hour();
            self.call(
                second,
                &who,
                "203.0.113.40",
                ("ssm", "StartSession"),
                json!({ "target": format!("i-0a1b2c3d4e5f6070{place}") }),
            );
            let refused = self.call(second + 90, &who, "203.0.113.40", ("iam", "ListUsers"), Value::Null);
            refused["errorCode"] = json!("AccessDenied");
        }
        for place in 0..8 {
            let who = session("AWSReservedSSO_Developer_0a1b2c3d4e5f6071", self.seed.pick::<&str>(&PEOPLE));
            let role = json!({ "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/inspect-{place}") });
            self.call(32_400 + 120 * place, &who, OFFICES[0], ("sts", "AssumeRole"), role);
        }
        let anna = json!({ "type": "IAMUser", "arn": format!("arn:aws:iam::{ACCOUNT}:user/anna"), "accountId": ACCOUNT, "userName": "anna" });
        self.call(36_000, &anna, "203.0.113.10", ("iam", "CreateAccessKey"), json!({ "userName": "anna" }));
        self.call(36_300, &anna, "203.0.113.10", ("iam", "DeleteAccessKey"), json!({ "userName": "anna" }));
        self.call(36_900, &anna, "203.0.113.10", ("ec2", "CreateSnapshot"), json!({ "volumeId": "vol-0a1b2c3d" }));
    }

    /// Pipelines release applications by stacks, images and functions.
    fn pipelines(&mut self) {
        for run in 0..40 {
            let application = *self.seed.pick(&APPLICATIONS);
            let second = self.office_hour();
            let token = json!({
                "type": "WebIdentityUser",
                "userName": format!("repo:example/{application}:ref:refs/heads/main"),
                "identityProvider": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"),
            });
            let (address, build) = (format!("192.0.2.{}", 10 + run), session("deploy", &format!("run-{run}")));
            let role = json!({ "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/deploy"), "roleSessionName": format!("run-{run}") });
            self.call(second, &token, &address, ("sts", "AssumeRoleWithWebIdentity"), role);
            let steps: [(&str, &str, Value); 8] = [
                ("sts", "GetCallerIdentity", Value::Null),
                ("ecr", "GetAuthorizationToken", Value::Null),
                ("ecr", "PutImage", json!({ "repositoryName": application, "imageTag": run.to_string() })),
                ("cloudformation", "DescribeStacks", json!({ "stackName": application })),
                (
                    "cloudformation",
                    "CreateChangeSet",
                    json!({ "stackName": application, "templateURL": format!("https://cdk-hnb659fds-assets-{ACCOUNT}-eu-central-1.s3.eu-central-1.amazonaws.com/t.json") }),
                ),
                ("cloudformation", "ExecuteChangeSet", json!({ "stackName": application })),
                ("lambda", "UpdateFunctionCode20150331v2", json!({ "functionName": application })),
                (
                    "ecs",
                    "RegisterTaskDefinition",
                    json!({ "family": application, "containerDefinitions": [{ "name": "web", "privileged": false }] }),
                ),
            ];
            for (step, (source, name, parameters)) in steps.into_iter().enumerate() {
                self.call(second + 10 + 20 * step as i64, &build, &address, (source, name), parameters);
            }
            self.stack(second + 200, application, run);
        }
        (0..3).for_each(|_| self.plan());
    }

    /// A plan of Terraform reads everything that it knows.
    fn plan(&mut self) {
        let second = self.office_hour();
        let who = session("plan", &format!("plan-{second}"));
        let kinds = [
            "DescribeVpcs",
            "DescribeSubnets",
            "DescribeRouteTables",
            "DescribeSecurityGroups",
            "DescribeInstances",
            "DescribeVolumes",
            "DescribeAddresses",
            "DescribeNatGateways",
            "DescribeInternetGateways",
            "DescribeKeyPairs",
            "DescribeNetworkAcls",
            "DescribeVpcEndpoints",
            "DescribeFlowLogs",
            "DescribeImages",
            "DescribeLaunchTemplates",
            "DescribeTags",
            "DescribeVpcAttribute",
            "DescribeInstanceTypes",
            "DescribeAvailabilityZones",
            "DescribePrefixLists",
            "DescribeTransitGateways",
        ];
        for (step, name) in kinds.into_iter().enumerate() {
            let event = self.call(second + step as i64, &who, "192.0.2.200", ("ec2", name), Value::Null);
            event["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.12.2 aws-sdk-go-v2/1.36.3");
        }
    }

    /// What CloudFormation does for a pipeline.
    fn stack(&mut self, second: i64, application: &str, run: i64) {
        let who = by_service("deploy", &format!("run-{run}"), "cloudformation");
        let document = json!({ "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
        let grant = json!({ "Statement": [{ "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*" }] });
        let rule = json!({ "groupId": "sg-0a1b2c3d", "ipPermissions": { "items": [{ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] } }] } });
        let steps = [
            ("iam", "CreateRole", json!({ "roleName": application, "assumeRolePolicyDocument": document.to_string() })),
            (
                "iam",
                "PutRolePolicy",
                json!({ "roleName": application, "policyName": "own", "policyDocument": grant.to_string() }),
            ),
            (
                "iam",
                "AttachRolePolicy",
                json!({ "roleName": application, "policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" }),
            ),
            ("lambda", "CreateFunction20150331", json!({ "functionName": application, "role": "x" })),
            (
                "lambda",
                "AddPermission20150331v2",
                json!({ "functionName": application, "principal": "events.amazonaws.com", "sourceArn": "x" }),
            ),
            ("events", "PutTargets", json!({ "rule": application })),
            ("ec2", "AuthorizeSecurityGroupIngress", rule),
        ];
        let steps: Vec<_> = if run % 5 == 0 { steps.into() } else { steps.into_iter().skip(3).take(1).collect() };
        for (step, (source, name, parameters)) in steps.into_iter().enumerate() {
            self.call(second + 5 * step as i64, &who, "", (source, name), parameters);
        }
    }

    /// Autoscaling, backups and recording go on by themselves.
    fn services(&mut self) {
        let scaling = by_service("AWSServiceRoleForAutoScaling", "AutoScaling", "autoscaling");
        let backup = by_service("AWSBackupDefaultServiceRole", "AWSBackup-AWSBackupDefaultServiceRole", "backup");
        for round in 0..96 {
            let second = round * 900 + self.seed.below(600) as i64;
            let profile = json!({ "instanceType": "m7i.large", "iamInstanceProfile": { "name": "web" } });
            self.call(second, &scaling, "", ("ec2", "RunInstances"), profile);
            self.call(
                second + 60,
                &scaling,
                "",
                ("ec2", "TerminateInstances"),
                json!({ "instancesSet": { "items": [{ "instanceId": "i-0a1b2c3d4e5f60718" }] } }),
            );
            self.call(
                second + 70,
                &scaling,
                "",
                ("monitoring", "DeleteAlarms"),
                json!({ "alarmNames": ["TargetTracking-x"] }),
            );
            self.call(second + 80, &service("config"), "", ("sts", "AssumeRole"), json!({ "roleArn": "x" }));
        }
        for copy in 0..60 {
            let second = 2 * 3600 + copy * 60;
            self.call(
                second,
                &backup,
                "",
                ("ec2", "CreateSnapshot"),
                json!({ "volumeId": format!("vol-{copy:017x}") }),
            );
            self.call(
                second + 20,
                &backup,
                "",
                ("rds", "CreateDBSnapshot"),
                json!({ "dBInstanceIdentifier": "orders" }),
            );
            self.call(
                second + 30,
                &backup,
                "",
                ("backup", "DeleteRecoveryPoint"),
                json!({ "backupVaultName": "main" }),
            );
            self.call(
                second + 40,
                &backup,
                "",
                ("ec2", "DeleteSnapshot"),
                json!({ "snapshotId": format!("snap-{copy:017x}") }),
            );
        }
    }

    /// Applications take roles, and read their own secrets and parameters.
    fn applications(&mut self) {
        for (place, application) in APPLICATIONS.iter().enumerate() {
            for copy in 0..4 {
                let name = format!("i-0a1b2c3d4e5f6{place:02}{copy:02}");
                let (who, address) = (session(application, &name), format!("52.0.{place}.{}", 10 + copy));
                for _ in 0..80 {
                    let second = self.seed.below(86_000) as i64;
                    let secret = json!({ "secretId": format!("{application}/{}", self.seed.below(3)) });
                    self.call(second, &who, &address, ("secretsmanager", "GetSecretValue"), secret);
                    let parameter =
                        json!({ "name": format!("/{application}/{}", self.seed.below(4)), "withDecryption": true });
                    self.call(second + 1, &who, &address, ("ssm", "GetParameter"), parameter);
                    self.call(
                        second + 2,
                        &who,
                        &address,
                        ("kms", "Decrypt"),
                        json!({ "encryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
                    );
                    self.call(second + 3, &service("ecs-tasks"), "", ("sts", "AssumeRole"), json!({ "roleArn": "x" }));
                }
            }
        }
    }

    /// A monitoring service and a scanner of posture read, the latter slowly.
    fn monitoring(&mut self) {
        let reader = session("monitoring", "collector");
        let kinds = ["DescribeInstances", "DescribeVolumes", "DescribeInstanceStatus", "DescribeNatGateways"];
        for minute in 0..1440 {
            let name = kinds.get(minute % kinds.len()).unwrap();
            self.call(minute as i64 * 60, &reader, "198.51.100.200", ("ec2", name), Value::Null);
            self.call(minute as i64 * 60 + 7, &reader, "198.51.100.200", ("monitoring", "GetMetricData"), Value::Null);
        }
        let scanner = session("posture", "scan");
        let questions =
            ["ListBuckets", "GetBucketAcl", "GetBucketPolicy", "GetBucketVersioning", "GetBucketEncryption"];
        for step in 0..600 {
            let name = questions.get(step % questions.len()).unwrap();
            let bucket = json!({ "bucketName": format!("shop-{}", step / 50) });
            self.call(3 * 3600 + step as i64 * 12, &scanner, "198.51.100.201", ("s3", name), bucket);
        }
        self.call(3 * 3600, &scanner, "198.51.100.201", ("iam", "GetAccountAuthorizationDetails"), Value::Null);
    }

    /// Machines look up names.
    fn machines(&mut self) {
        let names = [
            "sqs.eu-central-1.amazonaws.com.",
            "api.payments.example.",
            "orders.cluster-abcdefghijkl.eu-central-1.rds.amazonaws.com.",
            "pool.ntp.org.",
            "registry.example.",
        ];
        for _ in 0..2_500 {
            let second = self.seed.below(86_400) as i64;
            let host = self.seed.below(30);
            let query = json!({
                "version": "1.100000", "account_id": ACCOUNT, "region": REGION, "vpc_id": "vpc-0a1b2c3d4e5f60718",
                "query_timestamp": time(second), "query_name": self.seed.pick(&names), "query_type": "A",
                "query_class": "IN", "rcode": "NOERROR", "answers": [], "srcaddr": format!("10.0.1.{host}"),
                "srcport": (1024 + self.seed.below(60_000)).to_string(), "transport": "UDP",
                "srcids": { "instance": format!("i-0a1b2c3d4e5f6{host:04}") },
            });
            self.events.push((second, query));
        }
    }

    /// Flows within the network, to services, and the internet's noise, which is refused.
    fn network(&mut self) {
        for _ in 0..3_500 {
            let second = self.seed.below(86_000) as i64;
            let inside = format!("10.0.1.{}", self.seed.below(30));
            let client = 32_768 + self.seed.below(28_000);
            let (source, destination, ports, action, bytes) = match self.seed.below(10) {
                0..5 => (inside, format!("10.0.2.{}", self.seed.below(10)), (client, 5432), "ACCEPT", 20_000),
                5..8 => (inside, "52.219.170.9".to_owned(), (client, 443), "ACCEPT", 900_000),
                8 => (
                    format!("198.51.100.{}", self.seed.below(250)),
                    inside,
                    (client, self.seed.below(9000)),
                    "REJECT",
                    40,
                ),
                _ => (format!("10.0.2.{}", self.seed.below(10)), inside, (5432, client), "ACCEPT", 80_000),
            };
            let flow = json!({
                "version": 2, "account_id": ACCOUNT, "interface_id": "eni-0a1b2c3d4e5f60718", "srcaddr": source,
                "dstaddr": destination, "srcport": ports.0, "dstport": ports.1, "protocol": 6, "packets": 20,
                "bytes": bytes, "start": MIDNIGHT + second, "end": MIDNIGHT + second + 60, "action": action,
                "log_status": "OK",
            });
            self.events.push((second, flow));
        }
    }
}
