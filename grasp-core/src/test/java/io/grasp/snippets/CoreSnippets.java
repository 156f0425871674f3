package io.grasp.snippets;

import io.grasp.model.TypedObjective;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicies;
import io.grasp.security.PeerPolicy;

/** The code in the Javadoc of this module. */
final class CoreSnippets {
    private CoreSnippets() {}

    // @start region="typedObjective"
    record Offer(String currency, int amount) {}

    static final TypedObjective<Offer> EX3 = TypedObjective.negotiable("EX3", Offer.class);
    // @end

    static PeerPolicy policy() {
        // @start region="policy"
        PeerPolicy policy = PeerPolicies.rules()
                .deny(PeerAction.FLOOD)
                .of("Intent")
                .unless(PeerPolicies.role("role=noc"))
                .permit(PeerAction.values())
                .toEveryMember()
                .build();
        // @end
        return policy;
    }
}
