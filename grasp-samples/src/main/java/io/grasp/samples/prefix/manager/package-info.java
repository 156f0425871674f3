/**
 * A prefix manager as an ASA (RFC 8992 sections 3 to 6): it assigns prefixes to peers, requests prefixes from
 * providers, announces or follows the parameters of the domain, and delegates prefixes to the interfaces of its node.
 */
@NullMarked
package io.grasp.samples.prefix.manager;

import org.jspecify.annotations.NullMarked;
