/** A number of things, which are named in the plural: "1 Application", "2 Applications". */
export const counted = (number: number, plural: string): string =>
  `${number} ${number === 1 ? plural.replace(/s$/, "") : plural}`;
