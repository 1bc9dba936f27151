// Prints the events of a calendar as ical.js reads them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, file] = process.argv.slice(2);
const loaded = await import(createRequire(folder + "/").resolve("ical.js"));
const ICAL = loaded.default ?? loaded;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone"))
  ICAL.TimezoneService.register(new ICAL.Timezone(zone).tzid, new ICAL.Timezone(zone));
const text = (time) =>
  time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z");
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    start: text(event.startDate),
    end: text(event.endDate),
    summary: event.summary,
    location: event.location ?? "",
    status: component.getFirstPropertyValue("status"),
  };
});
console.log(JSON.stringify(events));
