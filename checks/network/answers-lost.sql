-- title: Answers do not get back
-- severity: medium
-- layer: network_configuration
-- aliases: []
-- message: "what others send to `{resource}`, or it to the internet, gets there, and the answers do not get back; the table `network_asymmetry` names what stops them"
SELECT resource, NOT loses_answers AS ok
FROM network_endpoint
