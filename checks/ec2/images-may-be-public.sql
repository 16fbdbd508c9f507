-- title: Images may be shared with everybody
-- severity: medium
-- layer: identity
-- message: "the region lets images be shared with every AWS account (`{state}`)"
SELECT resource, state, state = 'block-new-sharing' AS ok
FROM aws_ec2_image_block_public_access
