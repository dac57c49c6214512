/**
 * Owns the library's clients for one account, and turns what they throw into failures. Must not retry. Called by
 * everything in this folder that asks the service.
 */
import { BlobServiceClient, type BlockBlobClient, type ContainerClient } from '@azure/storage-blob';
import { azureFailure } from './azure-failure.ts';
import { type AzureSettings, assertContainerName, credentialOf, serviceUrl } from './azure-settings.ts';
import { AzureTransport } from './azure-transport.ts';

/** What is tried, for messages ("write media/a.png"), and what ends it. */
export interface Deed {
  readonly deed: string;
  readonly signal: AbortSignal;
}

export class AzureClient {
  readonly settings: AzureSettings;
  readonly #transport: AzureTransport;
  readonly #service: BlobServiceClient;

  constructor(settings: AzureSettings) {
    this.settings = settings;
    this.#transport = new AzureTransport(settings);
    this.#service = new BlobServiceClient(serviceUrl(settings), credentialOf(settings), {
      httpClient: this.#transport,
      retryOptions: { maxTries: 1 },
      userAgentOptions: { userAgentPrefix: 'Transship' },
    });
  }

  /** Throws `invalid-input` for what cannot be the name of a container. */
  container(name: string): ContainerClient {
    assertContainerName(name);
    return this.#service.getContainerClient(name);
  }

  /** `key` is one that assertKey lets pass: the library would change others. */
  blob(container: string, key: string): BlockBlobClient {
    return this.container(container).getBlockBlobClient(key);
  }

  /** Throws what `call` throws as a failure: AzureFailureError for a refusal, FailureError for the network. */
  async ask<Answer>({ deed, signal }: Deed, call: () => Promise<Answer>): Promise<Answer> {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      throw azureFailure(thrown, { deed, signal, host: this.settings.endpoint.host, fields: this.settings.fields });
    }
  }

  reach(signal: AbortSignal): Promise<void> {
    return this.#transport.reach(this.settings.endpoint, signal);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}
