-- title: SQS queue never sets a poisonous message aside
-- severity: low
-- layer: platform_recovery
-- message: "`{title}` never sets messages aside that cannot be processed"
SELECT q.resource, q.title,
    q.dead_letter_target_arn <> '' OR t.target IS NOT NULL OR CASE WHEN l.unresolved = 0 THEN FALSE END AS ok
FROM aws_sqs_queue q
LEFT JOIN (SELECT DISTINCT dead_letter_target_arn AS target FROM aws_sqs_queue) t ON t.target = q.resource
CROSS JOIN (SELECT count(*) FILTER (WHERE dead_letter_target_arn IS NULL) AS unresolved FROM aws_sqs_queue) l
