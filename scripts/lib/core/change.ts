/** A file as it is to be; null where it is to be gone. Writers compute changes; one place applies them. */
export interface Change {
  path: string;
  content: string | null;
}
