"""The published figures of July 2024 that the sample reproduces, and how the plan splits what was not published."""

from __future__ import annotations

PROVISIONED = 2996
ACTIVATED = 1848
LOGGED_IN = 1299
"""Group 1 on 31 July 2024; logged in = at least once from 1 to 31 July."""

FULL_LOGIN_UNITS = ("VKSTC-V1", "VKSTC-V4", "VKSTC-V8", "VKSTC-V11", "VKSTC-V13", "VKSTC-V14", "VKSTC-C2")
FULL_LOGIN_PROVINCE = "T22"
"""Every activated account of these (of the province: with all its districts) logged in, and of no other unit of group 1."""

ISSUED_ELECTRONICALLY = 2322
DECLARED = 3911
AXIS_INCOMING = 161
AXIS_OUTGOING = 96
"""Both groups, 1 to 31 July."""

ELECTRONIC_TO_25 = 1271
PARALLEL_TO_25 = 745
SIGNED_TO_25 = 1440
INTERNAL_DELIVERIES_TO_25 = 4107
INTERNAL_DOCUMENTS_TO_25 = 1397
"""Both groups, 1 to 25 July; outgoing = electronic + parallel, none on paper."""

BOTH_SIGNATURES_TO_25 = 1012
ORGAN_ONLY_TO_25 = 296
ELECTRONIC_AFTER_25 = 201
PAPER_AFTER_25 = 11
SIGNED_AFTER_25 = 224
BOTH_SIGNATURES_AFTER_25 = 160
INTERNAL_AFTER_25 = 209
AXIS_TO_25 = 77
"""Not published: chosen."""
