import {
  type Acl,
  type ClientOptions,
  CREATOR_ACL,
  OPEN_ACL,
  schemeAuthentication,
} from "zookeeper";
import type { ZooKeeperConfiguration } from "../../config/configuration.ts";

/** How to open a session with the configured quorum. */
export function clientOptions(zookeeper: ZooKeeperConfiguration): ClientOptions {
  const { authorization, sessionTimeoutMs, connectionTimeoutMs } = zookeeper;
  return {
    sessionTimeoutMs,
    connectTimeoutMs: connectionTimeoutMs,
    authentications: authorization.map(({ scheme, credential }) =>
      schemeAuthentication(scheme, credential)
    ),
  };
}

/** Who may do what with the nodes that are created. */
export function nodeAcl({ acl }: ZooKeeperConfiguration): readonly Acl[] {
  return acl === "creator" ? CREATOR_ACL : OPEN_ACL;
}
