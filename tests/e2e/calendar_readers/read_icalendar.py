"""Prints the events of a calendar as the Python package icalendar reads them."""
import datetime
import json
import sys

import icalendar


def time_text(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
print(json.dumps([{
    "uid": str(event["UID"]),
    "start": time_text(event["DTSTART"].dt),
    "end": time_text(event["DTEND"].dt),
    "summary": str(event["SUMMARY"]),
    "location": str(event.get("LOCATION", "")),
    "status": str(event["STATUS"]),
} for event in calendar.walk("VEVENT")]))
