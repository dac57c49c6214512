/** Owns what a test needs to know of an S3 server that runs. Read by the suites and by run-server-tests.ts. */
export interface S3Address {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}
