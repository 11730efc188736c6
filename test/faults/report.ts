import type { CeleryTests } from "./celery/celery-tests.js";
import { type Cell, type Fault, isRun, type Run } from "./fault.js";
import { markdownTable, references } from "./markdown.js";
import { type Measured, readMeasured } from "./measured.js";
import type { PlaceName } from "./places.js";

const TITLES: Readonly<Record<PlaceName, string>> = {
  memory: "memory",
  sqlite: "SQLite",
  redis: "Redis",
  amqp: "RabbitMQ",
};
const PLACES = Object.keys(TITLES) as PlaceName[];

/** The page that says which faults were made, on what, and what came of it. */
export function renderReport(table: readonly Fault[], celery: readonly CeleryTests[]): string {
  return `${[INTRODUCTION, summary(table), overview(table), ...table.map(section), besideCelery(celery)].join("\n\n")}\n`;
}

const INTRODUCTION = `# Reliability

Written by \`npm run test:faults\` from the table in \`test/faults\`: every fault that taskgen is known to meet, on every transport. Producers, workers
and a private broker run as processes of their own; a scenario makes the fault, heals it, and waits until everything has come to its
end. Each process keeps an append-only history, and a checker reads nothing but these: whatever the broker took comes to exactly one outcome,
which every reader sees; nothing runs that was never sent; nothing runs again without a reason; what is acknowledged early runs once at
most; nothing runs before it is due; every \`.get()\` is told; the broker is empty at the end; a worker that is told to stop exits with 0.

\`npm run test:faults\` makes all of them, \`npm run test:faults -- F7 --on redis\` one. The quick ones are part of \`npm test\`.

- **sent**: calls that the broker took. **maybe**: calls whose caller was told that they may have been taken (\`ENQUEUE_UNKNOWN\`).
- **lost**: calls that the broker took and that came to nothing. **run twice**: calls that ran once more than they were retried, because
  the worker or the connection that had them was gone: at least once, as promised.
- **recovery**: from the end of the fault until work went on, with what the fault had interrupted, if anything. **bound**: what is promised.
  Workers of the suite have leases of 5 seconds where the default is 30. Numbers of one run, on two cores that do other things too.`;

function summary(table: readonly Fault[]): string {
  const cells = table.flatMap((fault) => PLACES.map((place) => ({ fault, place, cell: fault.cells[place] })));
  const runs = cells.flatMap(({ fault, place, cell }) =>
    isRun(cell) ? [{ cell, measured: readMeasured(fault.id)[place] }] : [],
  );
  const sum = (of: (measured: Measured) => number): string =>
    count(
      runs.reduce(
        (all, { cell, measured }) => all + (measured === undefined || cell.mayLose !== undefined ? 0 : of(measured)),
        0,
      ),
    );
  const tested = cells.filter(({ cell }) => "tests" in cell).length;
  return `${table.length} faults; ${runs.length} cells with processes and histories, ${tested} by tests of the transports and the engine. Within what is promised
the brokers took **${sum(({ sent }) => sent)} calls, of which ${sum(({ lost }) => lost)} were lost** and ${sum(({ runTwice }) => runTwice)} ran twice.`;
}

/** The matrix: what was lost of what was sent, or how it is covered. */
function overview(table: readonly Fault[]): string {
  const rows = table.map((fault) => [
    `[${fault.id}](#${anchor(fault)}) ${fault.title}`,
    ...PLACES.map((place) => brief(fault, place)),
  ]);
  return ["## Faults and transports", markdownTable(["lost of sent", ...Object.values(TITLES)], rows)].join("\n\n");
}

function brief(fault: Fault, place: PlaceName): string {
  const cell = fault.cells[place];
  if (!isRun(cell)) return "tests" in cell ? "tested" : "–";
  const measured = readMeasured(fault.id)[place];
  return measured === undefined
    ? "not measured"
    : `${count(measured.lost)} of ${count(measured.sent)}${cell.mayLose === undefined ? "" : " *"}`;
}

function section(fault: Fault): string {
  const runs = PLACES.flatMap((place) => {
    const cell = fault.cells[place];
    return isRun(cell) ? [row(fault, place, cell)] : [];
  });
  const parts = [
    `### ${fault.id}: ${fault.title}`,
    `${capital(fault.expected)}.`,
    ...(runs.length === 0 ? [] : [markdownTable(COLUMNS, runs)]),
    PLACES.flatMap((place) => notes(place, fault.cells[place])).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** What Celery tests, and what it does not, beside what is tested here. */
function besideCelery(celery: readonly CeleryTests[]): string {
  const rows = celery.map(({ no, where, tests, faults = [], ours = {}, none }) => [
    no,
    `${where}: ${tests.join(", ")}`.replaceAll("|", "\\\\|"),
    [faults.join(", "), references(ours), none ?? ""].filter((part) => part !== "").join("; "),
  ]);
  return `## What Celery tests, and what it does not

Celery's tests of faults (1 to 54) and faults that it has no tests of (a to r), with the rows above and the tests that are ours.

${markdownTable(["", "Celery", "taskgen"], rows)}`;
}

const COLUMNS = ["", "sent", "maybe", "lost", "run twice", "recovery", "bound", "command"];

function row({ id }: Fault, place: PlaceName, { boundMs }: Run): string[] {
  const measured = readMeasured(id)[place];
  const command = `\`npm run test:faults -- ${id} --on ${place}\``;
  if (measured === undefined)
    return [TITLES[place], ...Array.from({ length: 5 }, () => "not measured"), seconds(boundMs), command];
  const { sent, unknown, lost, runTwice, recoveryMs } = measured;
  return [TITLES[place], ...[sent, unknown, lost, runTwice].map(count), seconds(recoveryMs), seconds(boundMs), command];
}

/** What a cell without numbers says, and why numbers may be what they are. */
function notes(place: PlaceName, cell: Cell): string[] {
  if (isRun(cell)) return cell.mayLose === undefined ? [] : [`- * ${TITLES[place]}: ${cell.mayLose}`];
  return [`- ${TITLES[place]}: ${"tests" in cell ? references(cell.tests) : cell.none}`];
}

/** n.b. as GitHub makes them of headings. */
const anchor = ({ id, title }: Fault): string =>
  `${id}: ${title}`
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");

const count = (number: number): string => number.toLocaleString("en-US");
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
