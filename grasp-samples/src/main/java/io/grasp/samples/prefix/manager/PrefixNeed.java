package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.AddressFamily;

/**
 * A prefix that a node needs.
 *
 * @param family the version of IP
 * @param length the length to request
 * @param longest the length of the smallest prefix that helps
 * @param loopCount the loop count of the request
 */
record PrefixNeed(AddressFamily family, int length, int longest, int loopCount) {
    PrefixNeed {
        if (length > longest) {
            throw new IllegalArgumentException("the length " + length + " is above the longest, " + longest);
        }
    }

    PrefixNeed withLength(int newLength) {
        return new PrefixNeed(family, newLength, longest, loopCount);
    }
}
