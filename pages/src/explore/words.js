// The texts of the page.

export const KIND_NAMES = {
  person: ["person", "people"],
  character: ["character", "characters"],
  show: ["show", "shows"],
};

export const MARKS = {
  RETURN: { label: "Returns", meaning: "was in an earlier show" },
  RECAST: { label: "Recast", meaning: "played by several people" },
  MULTIPLE_ROLES: { label: "Several parts", meaning: "plays several characters in one show" },
};

export const SCOPE_NAMES = {
  EPISODE: "the same episode or film",
  SEASON: "credits in the same season",
  SHOW: "credits in the same show",
};

const numbers = new Intl.NumberFormat("en");

/** `1 person`, `2 people`. */
export function count(number, [one, many]) {
  return `${numbers.format(number)} ${number === 1 ? one : many}`;
}

const JOBS = { STORY: "story writer", TELEPLAY: "teleplay writer" };

/** The name of a crew job. */
export function jobName(job) {
  return JOBS[job] ?? plain(job);
}

/** `EXECUTIVE_PRODUCER` as `executive producer`. */
export function plain(constant) {
  return constant.toLowerCase().replaceAll("_", " ");
}

/** `1, 2, 3, 5` as `1–3, 5`. */
export function ranges(numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs = [];
  for (const number of sorted) {
    const run = runs.at(-1);
    if (run && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}

/** The shows and seasons of `credits`, each named once: `Discovery 1–3, Generations`; without titles, only the seasons. */
export function works(credits, withTitles = true) {
  const byShow = new Map();
  for (const credit of credits) {
    const seasons = byShow.get(credit.show.title) ?? [];
    if (credit.season) seasons.push(credit.season.number);
    byShow.set(credit.show.title, seasons);
  }
  const named = [...byShow].map(([title, seasons]) => {
    const told =
      seasons.length > 0 ? `${new Set(seasons).size === 1 ? "season" : "seasons"} ${ranges(seasons)}` : "";
    return withTitles ? [title, told].filter(Boolean).join(", ") : told;
  });
  return named.filter(Boolean).join("; ");
}

/** The basic facts about a node, in a few words. */
export function facts(node) {
  const year = (date) => date?.slice(0, 4);
  if (node.kind === "person") {
    if (node.born && node.died) return `${year(node.born)}–${year(node.died)}`;
    return node.born ? `born ${year(node.born)}` : "";
  }
  if (node.kind === "character") return node.species ?? "";
  const years = [year(node.premieredOn), year(node.endedOn)].filter(Boolean);
  return [plain(node.format ?? ""), [...new Set(years)].join("–")].filter(Boolean).join(", ");
}

/** The length of a path. */
export function distance(length) {
  if (length === 0) return "The same person";
  return length === 1 ? "One link apart" : `${count(length, ["link", "links"])} apart`;
}
