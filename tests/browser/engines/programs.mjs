// Finds a browser's programs.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path in an environment variable, or that of the first of some programs on the PATH. */
export function program(variable, ...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return process.env[variable] || paths.find(isProgram);
}

/** The first of some paths at which there is a program. */
export const programAt = (...paths) => paths.find(isProgram);
