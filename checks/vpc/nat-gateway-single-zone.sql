-- title: VPC has one NAT gateway in one zone
-- severity: low
-- layer: platform_recovery
-- message: "without `{title}` nothing in its VPC reaches out"
SELECT n.resource, n.title,
    CASE WHEN n.availability_mode = 'regional' THEN TRUE
        WHEN n.availability_mode IS NULL OR s.vpc_id IS NULL THEN NULL
        ELSE count(*) OVER (PARTITION BY s.vpc_id) > 1 END AS ok
FROM aws_vpc_nat_gateway n LEFT JOIN aws_vpc_subnet s ON s.resource = n.subnet_id
