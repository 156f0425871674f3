package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.AddressFamily;

/** The length of the prefixes that a manager requests. */
@FunctionalInterface
interface LengthOfRequests {
    /** {@return the length for a version of IP, as the operator and the parameters of the domain have it now} */
    int of(AddressFamily family);
}
