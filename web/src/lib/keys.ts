/** Security keys and passkeys as the browser reaches them: what the server asks goes to it, what the key says comes back. */
import type { Answer, SecondFactorAsked } from './types'

export type KeyBegun = Answer<'/api/v1/session/keys', 'post'>
export type KeyRequest = NonNullable<SecondFactorAsked['key']>

/** Why a key said nothing: its owner left or has none here, took too long, or it is known already, or the browser can't. */
export type KeyTrouble = 'cancelled' | 'late' | 'known' | 'failed'

/** What a key says, in the letters of the standard. */
export interface KeyAnswer {
  id: string
  response: Record<string, string | string[] | null>
}

/** Whether this browser knows of keys at all. */
export const knowsKeys = () => 'PublicKeyCredential' in window

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (one) => one.charCodeAt(0))
}

function textOf(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const known = (keys: KeyRequest['allowCredentials']): PublicKeyCredentialDescriptor[] =>
  keys.map(({ type, id, transports }) => ({
    type,
    id: bytesOf(id),
    // Words that a browser does not know it passes over.
    transports: transports as AuthenticatorTransport[],
  }))

/** Does what asks the key; browsers say in one word that somebody left, took too long, or has no such key. */
async function said(
  timeout: number,
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential | KeyTrouble> {
  const begun = performance.now()
  try {
    const found = await ask()
    return found instanceof PublicKeyCredential ? found : 'failed'
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'InvalidStateError') return 'known'
    if (name !== 'NotAllowedError' && name !== 'AbortError') return 'failed'
    return performance.now() - begun < timeout ? 'cancelled' : 'late'
  }
}

/** Has a key of the account answer a question. */
export async function answerOf(request: KeyRequest): Promise<KeyAnswer | KeyTrouble> {
  const { challenge, timeout, rpId, allowCredentials, userVerification } = request
  const publicKey = {
    challenge: bytesOf(challenge),
    timeout,
    rpId,
    allowCredentials: known(allowCredentials),
    userVerification,
  }
  const found = await said(timeout, () => navigator.credentials.get({ publicKey }))
  if (typeof found === 'string') return found
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    found.response as AuthenticatorAssertionResponse
  return {
    id: textOf(found.rawId),
    response: {
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      userHandle: userHandle && textOf(userHandle),
    },
  }
}

/** Has a new key made. */
export async function makeKey(begun: KeyBegun): Promise<KeyAnswer | KeyTrouble> {
  const { user, challenge, pubKeyCredParams, excludeCredentials, timeout } = begun
  const publicKey = {
    rp: begun.rp,
    user: { ...user, id: bytesOf(user.id) },
    challenge: bytesOf(challenge),
    pubKeyCredParams,
    excludeCredentials: known(excludeCredentials),
    authenticatorSelection: begun.authenticatorSelection,
    attestation: begun.attestation,
    timeout,
  }
  const made = await said(timeout, () => navigator.credentials.create({ publicKey }))
  if (typeof made === 'string') return made
  const response = made.response as AuthenticatorAttestationResponse
  return {
    id: textOf(made.rawId),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports(),
    },
  }
}
