/** A file as it is to be. Writers compute changes; one place applies them. */
export interface Change {
  path: string;
  content: string;
}
