-- title: A machine lacks patches
-- severity: high
-- layer: guest_os
-- aliases: [prowler:ssm_managed_compliant_patching, securityhub:SSM.2]
-- message: "`{title}` lacks {missing_count} patches, {failed_count} failed, and {installed_pending_reboot_count} wait for a restart"
SELECT resource, title, missing_count, failed_count, installed_pending_reboot_count,
    missing_count = 0 AND failed_count = 0 AND installed_pending_reboot_count = 0 AS ok
FROM aws_ssm_managed_instance_patch_state
