package io.grasp.samples.prefix;

import io.grasp.model.Objective;
import io.grasp.model.ObjectiveCodec;
import io.grasp.model.TypedObjective;

/** The two objectives of RFC 8992, with Java types. A value that does not fit is declined with its place. */
public final class PrefixObjectives {
    /** PrefixManager (RFC 8992 section 5), for negotiation, with the default loop count. */
    public static final TypedObjective<PrefixValue> PREFIX_MANAGER = TypedObjective.negotiable(
            "PrefixManager", ObjectiveCodec.of(PrefixValueCodec::encode, PrefixValueCodec::decode));

    /** The objective of graspy's program pfxm4, whose values have the tags of RFC 9164. It is only declined. */
    public static final Objective TAGGED = Objective.negotiable("PrefixManagerT");

    /** PrefixManager.Params (RFC 8992 section 6), for synchronization and flooding, with the default loop count. */
    public static final TypedObjective<PrefixParams> PREFIX_MANAGER_PARAMS = TypedObjective.synchronizable(
            "PrefixManager.Params", ObjectiveCodec.of(PrefixParamsCodec::encode, PrefixParamsCodec::decode));

    private PrefixObjectives() {}
}
