-- title: SNS delivers messages over plain HTTP
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:sns_subscription_not_using_http_endpoints]
-- message: "`{title}` delivers messages over plain HTTP"
SELECT resource, title, protocol <> 'http' AS ok
FROM aws_sns_topic_subscription
