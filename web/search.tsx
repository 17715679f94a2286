import { useMemo } from "preact/hooks";

import type { PageData } from "../scripts/lib/report/page/data.ts";
import { matches, Step } from "./parts.tsx";
import { linkTo } from "./route.ts";
import { type Column, Table } from "./table.tsx";

interface Entry {
  kind: string;
  name: string;
  /** Where it is, or what it is about. */
  about: string;
  link: string;
}

/** Everything that has a name, or says something. */
export function Search({ data, typed }: { data: PageData; typed: string }) {
  const entries = useMemo(() => entriesOf(data), [data]);
  const found = entries.filter(({ kind, name, about }) => matches(`${kind} ${name} ${about}`, typed));
  return (
    <section>
      <h2>
        {found.length} found for “{typed}”
      </h2>
      <Table label="Found" columns={columns} rows={found} empty="Nothing has such a name." width="40rem" />
    </section>
  );
}

const columns: Column<Entry>[] = [
  { title: "", width: "10rem", cell: ({ kind }) => <small>{kind}</small> },
  { title: "name", cell: ({ name, link }) => <Step to={link}>{name}</Step> },
  { title: "where", cell: ({ about }) => about },
];

function entriesOf({ clusters, versions, tenants, applications, findings, difference }: PageData): Entry[] {
  return [
    ...clusters.map(({ cluster, environment, model }) => ({
      kind: "cluster",
      name: cluster,
      about: `${environment}, ${model}`,
      link: linkTo("applications", "", { cluster }),
    })),
    ...[...versions.services, ...versions.addons].map((name) => ({
      kind: "service or addon",
      name,
      about: "",
      link: linkTo("applications", "", { f: name }),
    })),
    ...tenants.map(({ tenant, called, hosts }) => ({
      kind: "tenant",
      name: tenant,
      about: [called, ...hosts].join(", "),
      link: linkTo("tenants", tenant),
    })),
    ...findings.map(({ severity, rule, place, message }) => ({
      kind: severity,
      name: rule,
      about: `${place} ${message}`,
      link: linkTo("findings", "", { f: rule }),
    })),
    ...applications.map(({ id, source }) => ({
      kind: "Application",
      name: id,
      about: source,
      link: linkTo("applications", id),
    })),
    ...(difference?.changes ?? []).map(({ change, object, application }, index) => ({
      kind: change,
      name: object,
      about: application,
      link: linkTo("difference", "", { object: String(index) }),
    })),
    ...applications.flatMap(({ id, objects }) =>
      objects.map(({ kind, namespace, name }, index) => ({
        kind,
        name: namespace === "" ? name : `${namespace}/${name}`,
        about: id,
        link: linkTo("applications", id, { object: String(index) }),
      })),
    ),
  ];
}
