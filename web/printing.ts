import { options } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Whether the page is being printed: then a table is there as a whole. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const query = matchMedia("print");
    // A browser takes its picture as soon as the event is over.
    const set = (value: boolean) => {
      options.debounceRendering = (work) => work();
      setPrinting(value);
      delete options.debounceRendering;
    };
    const changed = () => set(query.matches);
    const [start, end] = [() => set(true), () => set(false)];
    query.addEventListener("change", changed);
    addEventListener("beforeprint", start);
    addEventListener("afterprint", end);
    return () => {
      query.removeEventListener("change", changed);
      removeEventListener("beforeprint", start);
      removeEventListener("afterprint", end);
    };
  }, []);
  return isPrinting;
}
