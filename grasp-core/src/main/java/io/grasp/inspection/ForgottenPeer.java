package io.grasp.inspection;

import io.grasp.util.AddressText;

/**
 * What a node has forgotten of a peer.
 *
 * @param locators the number of locators with its address that were removed from the discovery cache
 * @param floods the number of floods from it, or tagged with its address, that were removed from the flood cache
 * @param neighbors on how many links it was known as a neighbor
 * @param connections the number of its connections without a session that were closed
 */
public record ForgottenPeer(int locators, int floods, int neighbors, int connections) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
