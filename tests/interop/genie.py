"""Compares the show texts of muster-agent with what a third-party parser reads in them.

The texts and the states they were printed from come from a test of muster-agent, which writes them
to a file. pyATS/Genie parses each text; what it must find is made here from the state alone. Where
the parser reads a correct text oddly, the expectation says so. Run by `just interop`.
"""

import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

# This file has the name of the package it imports; its folder must not be searched for it.
sys.path.pop(0)

from genie.conf.base import Device  # noqa: E402
from genie.metaparser.util.exceptions import SchemaEmptyParserError  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEST = "show_interop::texts_and_states_are_written_for_the_parser"
NOTHING = "nothing to parse"
LABEL_LENGTH_MAX = 25


def cases():
    """The texts and states, made anew."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "shows.json"
        command = [os.environ.get("CARGO", "cargo"), "test", "-q", "-p", "muster-agent"]
        command += ["--test", "main", "--", "--ignored", "--exact", TEST]
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"MUSTER_INTEROP_OUT": str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0 or not path.exists():
            sys.exit(f"the test that writes the texts failed:\n{run.stdout}{run.stderr}")
        return json.loads(path.read_text())


class State:
    """One case: shorthands for what several commands print."""

    def __init__(self, case):
        self.view, self.log, self.platform = case["view"], case["log"], case["platform"]
        self.is_classic = self.platform["era"] == "classic"
        self.times, self.url, self.now_ms = self.log["times"], case["server_url"], case["now_ms"]
        udi = self.view["udi"]
        self.udi = {"pid": udi["product_id"], "sn": udi["serial_number"]}
        self.redundant = len(self.platform["ha_roles"]) > 1
        self.authorized = [] if self.is_classic else self.view["authorization"]["licenses"]
        self.used = {one["feature"]: one for one in self.view["licenses"]}

    def of_state(self, *states):
        return [one for one in self.view["reports"] if one["state"] in states]

    def label(self, license):
        name = license["tag"].split(".com.cisco.")[1].rsplit(",", 1)[0]
        return license.get("label", name)

    def licenses(self):
        """The licences ever used, in that order, as the platform describes them."""
        by_feature = {one["feature"]: one for one in self.platform["licenses"]}
        return [(by_feature[feature], one) for feature, one in self.used.items()]


def stamp(ms):
    if ms is None:
        return "<none>"
    return datetime.fromtimestamp(ms // 1000, timezone.utc).strftime("%b %d %H:%M:%S %Y UTC")


def left(ms):
    """What remains until a job, as printed."""
    seconds = max(ms, 0) // 1000
    units = [seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60]
    names = ["days", "hours", "minutes", "seconds"]
    while len(units) > 1 and units[0] == 0:
        units, names = units[1:], names[1:]
    return ", ".join(f"{count} {name}" for count, name in zip(units, names))


def rum_state(report):
    return {"open": "OPEN", "acknowledged": "ACK"}.get(report["state"], "CLOSED")


def is_sent(report):
    return report["state"] in ("pending", "unacknowledged")


def kind(state, license):
    """What is printed about the class of a licence."""
    export, subscription = license["class"] == "export", license["class"] == "subscription"
    authorized = license["feature"] in [one["feature"] for one in state.authorized]
    allowed = f"RESTRICTED - {'ALLOWED' if authorized else 'NOT ALLOWED'}"
    return {
        "export_status": allowed if export else "NOT RESTRICTED",
        "feature_name": license["feature"],
        "feature_description": license.get("description", license["feature"]),
        "enforcement_type": "EXPORT RESTRICTED" if export else "NOT ENFORCED",
        "license_type": "Subscription" if subscription else "Perpetual",
    }


def entitlements(state):
    return {
        f"{license['feature']} ({state.label(license)}):": {
            "description": license.get("description", license["feature"]),
            "count": used["count"],
            "version": "1.0",
            "status": used["status"],
            **kind(state, license),
        }
        for license, used in state.licenses()
    }


def account(state):
    smart = state.view["smart_account"] or "<none>"
    if state.view["smart_account"]:
        smart += f" As of {stamp(state.times['trust_installed_ms'])}"
    return {"smart_account": smart, "virtual_account": state.view["virtual_account"] or "<none>"}


def privacy():
    return {
        "sending_hostname": "yes",
        "callhome_hostname_privacy": "DISABLED",
        "smart_licensing_hostname_privacy": "DISABLED",
        "version_privacy": "DISABLED",
    }


def transport(state):
    if state.view["transport"] == "smart":
        return {"type": "Smart", "url": state.url}
    if state.view["transport"] == "cslu":
        return {"type": "cslu", "cslu_address": state.url}
    return {"type": "Transport Off"}


def policy(state):
    policy = state.view["policy"]
    whose = "Customer Policy" if policy["installed"] else "CISCO default"

    def days(of):
        return {
            "first_report_requirement_days": f"{of['first_report_days']} ({whose})",
            "reporting_frequency_days": f"{of['report_interval_days']} ({whose})",
            "report_on_change_days": f"{of['on_change_days']} ({whose})",
        }

    in_use = "Merged from multiple sources."
    name = {}
    if policy["installed"]:
        in_use = f"Installed On {stamp(state.times['policy_installed_ms'])}"
        name = {"policy_name": policy["name"]}
    required = "yes" if policy["acknowledgement_required"] else "no"
    return {
        "policy_in_use": in_use,
        **name,
        "reporting_ack_required": f"{required} ({whose})",
        "unenforced_non_export_perpetual_attributes": days(policy["perpetual"]),
        "unenforced_non_export_subscription_attributes": days(policy["subscription"]),
        "enforced_perpetual_subscription_license_attributes": days(policy["enforced"]),
        "export_perpetual_subscription_license_attributes": days(policy["export"]),
    }


def usage_reporting(state, detail=""):
    view = state.view
    polls = [one["poll_time_ms"] for one in view["polls"] if one["type"] == "LICENSE_USAGE"]
    return {
        "last_ack_received": stamp(view["last_ack_ms"]),
        "next_ack_deadline": stamp(view["ack_deadline_ms"]),
        "reporting_push_interval": f"{view['report_interval_days']}  days{detail}",
        "next_ack_push_check": stamp(min(polls, default=None)),
        "next_report_push": stamp(view["next_report_due_ms"]),
        "last_report_push": stamp(view["last_report_ms"]),
        "last_report_file_write": stamp(state.times["file_written_ms"]),
    }


def trust_code(state):
    """The active UDI and its trust code; none without one."""
    if state.view["trust_id"] == 0:
        return None
    info = f"INSTALLED on {stamp(state.times['trust_installed_ms'])}"
    return {"active": {**state.udi, "info": info}}


def udis(state):
    return {"ha_udi_list": {"active": state.udi}} if state.redundant else {}


def authorization_status(state):
    view = state.view["authorization"]
    if not view["installed"]:
        return "NOT INSTALLED"
    return f"SMART AUTHORIZATION INSTALLED on {stamp(view['installed_ms'])}"


def counts(state):
    waiting, open_ = len(state.of_state("pending", "unacknowledged")), len(state.of_state("open"))
    available = len(state.of_state("closed")) + open_
    acknowledged = state.view["acknowledged"]
    return {
        "total": acknowledged + waiting + available,
        "purged": acknowledged - len(state.of_state("acknowledged")),
        "acknowledged": acknowledged,
        "waiting": waiting,
        "available": available,
        "collecting": open_,
    }


def license_(state):
    found = {}
    for index, license in enumerate(state.platform["licenses"], start=1):
        count = state.used.get(license["feature"], {"count": 0})["count"]
        found[str(index)] = {
            "feature": license["feature"],
            "period_left": "Life time" if count else "Not Activated",
            "license_type": "Permanent" if count else "EvalRightToUse",
            "license_state": "Active, In Use" if count else "Active, Not in Use",
            "count_in_use": count,
            "count_violation": 0,
            "license_priority": "Medium" if count else "None",
        }
    return {"licenses": found}


def all_(state):
    status = {
        "license_conversion": {"automatic_conversion_enabled": "False"},
        "export_authorization_key": {"features_authorized": "<none>"},
        "utility": {"status": "DISABLED"},
        "smart_licensing_using_policy": {"status": "ENABLED"},
        "account_information": account(state),
        "data_privacy": privacy(),
        "transport": {**transport(state), "proxy": "Not Configured"},
        "miscellaneous": {"custom_id": "<empty>"},
        "policy": policy(state),
        "usage_reporting": usage_reporting(state),
    }
    if trust_code(state):
        status["trust_code_installed"] = trust_code(state)
    count = counts(state)
    authorization = {**state.udi}
    found = {
        "smart_licensing_status": status,
        "product_information": {"udi": state.udi, **udis(state)},
        "agent_version": {"smart_agent_for_licensing": state.platform["agent_version"]},
        "license_authorizations": {
            "overall_status": {"active": authorization},
            "purchased_licenses": "No Purchase Information Available",
        },
        "usage_report_summary": {
            "total": str(count["total"]),
            "purged": str(count["purged"]),
            "total_acknowledged_received": str(count["acknowledged"]),
            "waiting_for_ack": str(count["waiting"]),
            "available_to_report": str(count["available"]),
            "collecting_data": str(count["collecting"]),
        },
    }
    code = state.view["authorization"]
    if state.used:
        # The parser looks at the status only if a licence was listed.
        found["license_usage"] = {"license_name": entitlements(state)}
        authorization["status"] = authorization_status(state)
    if code["last_return_code"]:
        authorization["last_return_code"] = code["last_return_code"]
    if code["installed"]:
        authorization["last_confirmation_code"] = code["last_confirmation_code"] or "<none>"
        by_feature = {one["feature"]: one for one in state.platform["licenses"]}
        (authorized,) = state.authorized
        license = by_feature[authorized["feature"]]
        # The parser takes the name of an authorized licence for one more licence in use.
        listed = found.setdefault("license_usage", {}).setdefault("license_name", {})
        listed.setdefault(f"{license['feature']} ({state.label(license)}):", {})
        found["license_authorizations"]["authorizations"] = {
            "description": license.get("description", license["feature"]),
            "total_available_count": str(authorized["count"]),
            "enforcement_type": "EXPORT RESTRICTED",
            "term_information": {
                "active": {
                    **state.udi,
                    "authorization_type": "SMART AUTHORIZATION INSTALLED",
                    "license_type": "PERPETUAL",
                    "term_count": str(authorized["count"]),
                }
            },
        }
    return found


def status(state):
    return {
        "utility": {"status": "DISABLED"},
        "smart_licensing_using_policy": {"status": "ENABLED"},
        "account_information": account(state),
        "data_privacy": privacy(),
        # The parser keeps the space before some values.
        "transport": {**transport(state), "proxy": "Not Configured", "vrf": " <empty>"},
        "policy": policy(state),
        "miscellaneous": {"custom_id": "<empty>"},
        "usage_reporting": usage_reporting(state),
        "trust_code_installed": trust_code(state) or " <none>",
    }


def summary(state):
    return {"account_information": account(state), **summary_of_licenses(state)}


def summary_of_licenses(state):
    found = {}
    for license, used in state.licenses():
        label = state.label(license)
        if len(label) > LABEL_LENGTH_MAX:
            label = label[: LABEL_LENGTH_MAX - 3] + "..."
        found.setdefault("license_usage", {})[label] = {
            "license": license["feature"],
            "entitlement": label,
            "count": str(used["count"]),
            "status": used["status"],
        }
    return found


def usage(state):
    found = {"license_authorization": {"status": "Not Applicable"}}
    if state.used:
        found["license_name"] = entitlements(state)
    return found


def udi(state):
    return {"udi_details": state.udi, **udis(state)}


def handles(state):
    found = {}
    for handle, license in enumerate(state.platform["licenses"], start=1):
        feature = license["feature"]
        count = state.used.get(feature, {"count": 0})["count"]
        times = state.times["licenses"].get(feature, {"status_ms": None, "request_ms": None})
        open_ = [one for one in state.of_state("open") if one["feature"] == feature]
        report = open_[0] if open_ else {"report_id": 0, "previous": 0}
        requested = times["request_ms"]
        found[str(handle)] = {
            "license": feature,
            "entitlement_tag": license["tag"],
            "description": license.get("description", feature),
            "count": count,
            "version": "1.0",
            "status": "IN USE(15)" if count else "NOT IN USE(1)",
            "status_time": stamp(times["status_ms"]),
            "request_time": "None" if requested is None else stamp(requested),
            **kind(state, license),
            "measurements": {
                "entitlement": {
                    "interval": "00:15:00",
                    "current_value": count,
                    "current_report": report["report_id"],
                    "previous": report["previous"],
                }
            },
            "soft_enforced": "True",
        }
    return {"handle": found}


def policy_state(state):
    """The days the policy gives the licences in use, and whether anything was reported."""
    days = []
    for license, used in state.licenses():
        if used["count"]:
            of = state.view["policy"][license["class"]]
            days.append(of["report_interval_days"] or of["first_report_days"])
    least = min((one for one in days if one), default=0)
    return f" State({2 if state.view['last_report_ms'] is None else 4}) InPolicy({least})"


def jobs(state):
    def planned(ms):
        if ms is None:
            return "Expired Not Rescheduled"
        return f"{stamp(ms)} ({left(ms - state.now_ms)} remaining)"

    never = [
        "daily",
        "init_flag_check",
        "reservation_configuration_mismatch_between_nodes_in_ha_mode",
        "save_unreported_rum_reports",
        "process_utility_rum_reports",
        "telemetry_reporting",
        "authorization_code_process",
        "data_synchronization",
        "external_event",
        "operational_model",
    ]
    sample = None
    if any(used["count"] for used in state.used.values()):
        start_ms = min((one["start"] * 1000 for one in state.of_state("open")), default=0)
        sample = start_ms + ((state.now_ms - start_ms) // 900_000 + 1) * 900_000
    polls = [one["poll_time_ms"] for one in state.view["polls"]]
    return {
        "current_time": stamp(state.now_ms),
        **{name: planned(None) for name in never},
        "retrieve_data_processing_result": planned(min(polls, default=None)),
        "start_utility_measurements": planned(sample),
        "send_utility_rum_reports": planned(state.view["next_report_due_ms"]),
    }


def statistics(state):
    view, all_of = state.view, state.view["statistics"]
    failing = [one["last_response_ms"] for one in all_of.values() if one["ongoing"]]

    def one(name):
        of = all_of.get(name)
        if of is None:
            of = {"total": 0, "success": 0, "fail": 0, "ongoing": 0, "ongoing_communication": 0}
            of |= {"last_response": "<none>", "last_response_ms": None}
        times = state.times.get(name, {"success_ms": None, "failure_ms": None})
        reason = "<none>"
        if of["ongoing"] and of["last_response_ms"] == max(failing):
            reason = view["last_failure_reason"]
        response = of["last_response"]
        if of["last_response_ms"] is not None:
            response += f" on {stamp(of['last_response_ms'])}"
        return {
            "attempts": f"Total={of['total']}, Success={of['success']}, Fail={of['fail']}",
            "ongoing_failure": f"Overall={of['ongoing']}"
            f" Communication={of['ongoing_communication']}",
            "last_response": response,
            "failure_reason": reason,
            "last_success_time": stamp(times["success_ms"]),
            "last_failure_time": stamp(times["failure_ms"]),
        }

    classes = ["trust_establishment", "trust_acknowledgement", "usage_reporting"]
    classes += ["result_polling", "authorization_request", "authorization_confirmation"]
    # Telemetry is read as part of the hello message, which has the same zeros.
    classes += ["authorization_return", "trust_sync", "hello_message"]
    return {
        "communication_level_allowed": view["communication_level"],
        "overall_state": view["overall_state"] or "<empty>",
        **{name: one(name) for name in classes},
    }


def reports(state):
    count = counts(state)
    return {
        "total": count["total"],
        "purged": f"{count['purged']}({count['purged']})",
        "total_acknowledged_received": count["acknowledged"],
        "waiting_for_ack": f"{count['waiting']}({count['total'] - count['acknowledged']})",
        "available_to_report": count["available"],
        "collecting_data": count["collecting"],
        "maximum_display": count["total"],
        "in_storage": len(state.view["reports"]),
        "mia": "0(0)",
        "report_module_status": "Ready",
    }


def mapping(state):
    pid, sn = state.udi["pid"], state.udi["sn"].lower()
    found = {"pid": pid, "total_licenses_found": len(state.platform["licenses"])}
    for license in state.platform["licenses"]:
        if license["class"] == "export":
            listed = {"pid": pid, "hseck9_entitlement_tag": license["tag"], "hseck9_no": 3}
            found["enforced_licenses"] = {sn: listed}
    return found


def other_info(state):
    """Only what the agent has a say in; the rest describes the software of a real instance."""
    sn, trust_id = state.udi["sn"].lower(), state.view["trust_id"]
    trust = {"p": state.udi["pid"] + ",", "trustvalue": "No Trust Data"}
    if trust_id:
        trust = {"p": state.udi["pid"] + ",", "trustid": trust_id}
    found = {
        "software_id": state.platform["software_tag"],
        "transport": transport(state)["type"],
        "agent_capabilities": ", ".join(state.platform["capabilities"]),
        "trust_data": {sn: {**trust, "p": trust["p"].rstrip(",")}},
        "overall_trust": "INSTALLED (2)" if trust_id else "No ID",
        "clock_synced_with_ntp": str(state.view["clock_offset_ms"] == 0),
    }
    if "url" in transport(state):
        found["default_url"] = state.url
    return found


def tech_support(state):
    code = state.view["authorization"]
    empty = dict.fromkeys(["address", "port", "username", "password"], "<empty>")
    found = {
        "smart_licensing_status": {
            "license_conversion": {"automatic_conversion_enabled": "False"},
            # The parser drops the angle brackets of this one.
            "export_authorization_key": {"features_authorized": "none"},
            "utility": {"status": "DISABLED"},
            "smart_licensing_using_policy": {"status": "ENABLED"},
            "account_information": account(state),
            "data_privacy": privacy(),
            "transport": {
                **transport(state),
                "proxy": empty,
                "server_identity_check": "True",
                "vrf": "<empty>",
            },
            "miscellaneous": {"custom_id": "<empty>"},
            "policy": policy(state),
            "usage_reporting": usage_reporting(state, policy_state(state)),
        },
        "license_usage": handles(state),
        "product_information": {"udi": state.udi, **udis(state)},
        "agent_version": {"smart_agent_for_licensing": state.platform["agent_version"]},
        "upcoming_scheduled_jobs": jobs(state),
        "communication_statistics": statistics(state),
        "license_certificates": {"production_cert": "True"},
        "ha_info": {
            "rp_role": "Active",
            "chassis_role": "Active",
            "behavior_role": "Active",
            "rmf": "True",
            "cf": "True",
            "cf_state": "Stateless",
            "message_flow_allowed": "False",
        },
        "reservation_info": {
            "license_reservation": "DISABLED",
            "overall_status": {
                "active": {
                    **state.udi,
                    "reservation_status": authorization_status(state),
                    "request_code": "<none>",
                    "last_return_code": code["last_return_code"] or "<none>",
                    "last_confirmation_code": code["last_confirmation_code"] or "<none>",
                    "reservation_authorization_code": "<none>",
                }
            },
            "purchased_licenses": "No Purchase Information Available",
        },
        "usage_report_summary": reports(state),
        "other_info": other_info(state),
        "platform_provided_mapping_table": mapping(state),
    }
    if "TELEMETRY" in state.platform["capabilities"]:
        found["device_telemetry_report_summary"] = {
            "data_channel": "NOT AVAILABLE",
            "reports_on_disk": 0,
            "trust_code_installed": trust_code(state) or "<none>",
        }
    return found


def eventlog(state):
    events = [{"log_message": event["text"]} for event in state.log["events"]]
    return {"event_log": events} if events else {"no_eventlog_found": True}


def history_message(state):
    messages = state.log["messages"]

    def kept(section, none):
        count = len(messages.get(section, []))
        return f"{count} past message{'' if count == 1 else 's'}" if count else none

    exchanged = ["trust_establishment", "usage_reporting", "result_polling"]
    exchanged += ["authorization_request", "authorization_return", "trust_sync"]
    imported = ["policy", "auth", "trust_code", "rum_ack", "conversion_ack", "account_info"]
    none = "No past Import history"
    return {
        "message_history": {name: kept(name, "No past history") for name in exchanged},
        "import_message_history": {name: kept(f"import_{name}", none) for name in imported},
    }


def rum_id_all(state):
    found = {
        str(report["report_id"]): {
            "state": rum_state(report),
            "flag": "P" if is_sent(report) else "N",
            "feature_name": report["feature"],
        }
        for report in state.view["reports"]
    }
    return {"smart_license_usage_reports": found} if found else NOTHING


def rum_id_detail(state, report_id):
    report = next(one for one in state.view["reports"] if str(one["report_id"]) == report_id)
    acknowledged = report["state"] == "acknowledged"
    reason = "ACKED" if acknowledged else "REPORTING" if is_sent(report) else "None"
    return {
        "report_id": {
            report_id: {
                "metric_name": "ENTITLEMENT",
                "feature_name": report["feature"],
                "metric_value": report["tag"],
                "udi": state.udi,
                "previous_report_id": str(report["previous"]),
                "next_report_id": str(report["next"]),
                "state": rum_state(report),
                "state_change_reason": reason,
                "start_time": stamp(report["start"] * 1000),
                "end_time": stamp(report["end"] * 1000),
                "storage_state": "DELETED" if acknowledged else "EXIST",
                "transaction_id": str(report["poll_id"] or 0),
                "transaction_message": "<none>",
            }
        }
    }


def authorization(state):
    return {
        # The parser keeps the comma after the product id.
        "overall status": {"active": {"pid": state.udi["pid"] + ",", "sn": state.udi["sn"]}},
        # Of the status it takes two words.
        "status": " ".join(authorization_status(state).split()[:2]),
        "purchased_licenses": "No Purchase Information Available",
    }


def classic_registration(state):
    """The accounts, if the instance is registered; the parser sees nothing else of the block."""
    registration = state.view["registration"]
    if not registration["registered"]:
        return {}
    return {
        "account_information": {
            "smart_account": registration["smart_account"],
            "virtual_account": registration["virtual_account"],
        }
    }


def classic_transport(state):
    if state.view["transport"]["framing"] == "call_home":
        return {"type": "Callhome"}
    return {"type": "Smart", "url": state.url}


def classic_status(state):
    return {
        "utility": {"status": "DISABLED"},
        "data_privacy": privacy(),
        "transport": classic_transport(state),
        **classic_registration(state),
    }


def classic_all(state):
    found = {
        "smart_licensing_status": {
            **classic_registration(state),
            "export_authorization_key": {"features_authorized": "<none>"},
            "utility": {"status": "DISABLED"},
            "data_privacy": privacy(),
            "transport": classic_transport(state),
        },
        "product_information": {"udi": state.udi},
        "agent_version": {"smart_agent_for_licensing": state.platform["agent_version"]},
    }
    if state.used:
        found["license_usage"] = {
            "license_name": {
                f"{license['feature']} ({state.label(license)}):": {
                    "description": license.get("description", license["feature"]),
                    "count": used["count"],
                    "version": "1.0",
                    "status": used["status"],
                    "export_status": used["export_status"],
                }
                for license, used in state.licenses()
            }
        }
    return found


def classic_summary(state):
    found = summary_of_licenses(state)
    return {**classic_registration(state), **found} or NOTHING


# `show license usage` and `tech support` of the classic era have lines the parser insists on only
# in the policy era.
CLASSIC = {
    "show license all": classic_all,
    "show license status": classic_status,
    "show license summary": classic_summary,
    "show license udi": lambda state: {"udi_details": state.udi},
    "show license eventlog": eventlog,
}
EXPECTED = {
    "show license": license_,
    "show license all": all_,
    "show license status": status,
    "show license summary": summary,
    "show license usage": usage,
    "show license udi": udi,
    "show license tech support": tech_support,
    "show license eventlog": eventlog,
    "show license history message": history_message,
    "show license rum id all": rum_id_all,
    "show license authorization": authorization,
}
DETAIL = "show license rum id <n> detail"


def differences(expected, parsed, where=""):
    """Paths where two values differ, and the number of leaves compared."""
    if not (isinstance(expected, dict) and isinstance(parsed, dict)):
        same = expected == parsed
        return [] if same else [f"{where or '/'}: expected {expected!r}, parsed {parsed!r}"], 1
    found, compared = [], 0
    keys = list(expected)
    if where != "/other_info":
        keys += [key for key in parsed if key not in expected]
    for key in keys:
        missing = "<missing>"
        more, count = differences(
            expected.get(key, missing), parsed.get(key, missing), f"{where}/{key}"
        )
        found, compared = found + more, compared + count
    return found, compared


class Parser:
    """The parser, without a connection to anything."""

    def __init__(self):
        self.any = Device(name="pi", os="iosxe")
        self.any.custom.setdefault("abstraction", {})["order"] = ["os"]
        # One parser exists for one model of switch only; its text is the same everywhere.
        self.switch = Device(name="pi", os="iosxe", platform="cat9k")
        self.switch.model = "c9300"
        order = ["os", "platform", "model"]
        self.switch.custom.setdefault("abstraction", {})["order"] = order

    def parse(self, command, text):
        device = self.switch if command == "show license authorization" else self.any
        if command == "show license eventlog":
            command += " 2"
        try:
            return json.loads(json.dumps(device.parse(command, output=text)))
        except SchemaEmptyParserError:
            return NOTHING
        except Exception as error:  # The parser fails in many ways, each of which is a difference.
            return f"{type(error).__name__}: {error}"


def main():
    logging.disable(logging.CRITICAL)
    parser, rows, all_found = Parser(), {}, []
    for case in cases():
        state = State(case)
        for command, text in case["texts"].items():
            words = command.split()
            if state.is_classic:
                if command not in CLASSIC:
                    continue
                row, expected = f"{command}, classic", CLASSIC[command](state)
            elif words[-1] == "detail":
                row, expected = DETAIL, rum_id_detail(state, words[-2])
            else:
                row, expected = command, EXPECTED[command](state)
            found, compared = differences(expected, parser.parse(command, text))
            texts, fields, wrong = rows.get(row, (0, 0, 0))
            rows[row] = (texts + 1, fields + compared, wrong + len(found))
            place = f"{case['platform']['name']}, {case['state']}, {command}"
            all_found += [f"{place}: {one}" for one in found]
    for one in all_found:
        print(one)
    print(f"{'command':<34}{'texts':>7}{'fields':>8}{'differences':>13}")
    policy_rows = [*EXPECTED, DETAIL]
    all_rows = [*policy_rows, *(f"{command}, classic" for command in CLASSIC)]
    for row in all_rows:
        texts, fields, wrong = rows.get(row, (0, 0, 0))
        print(f"{row:<34}{texts:>7}{fields:>8}{wrong:>13}")
    parsed = [row for row in policy_rows if row in rows]
    print(f"{len(parsed)} commands, {len(all_found)} differences")
    sys.exit(1 if all_found or set(rows) != set(all_rows) else 0)


if __name__ == "__main__":
    main()
