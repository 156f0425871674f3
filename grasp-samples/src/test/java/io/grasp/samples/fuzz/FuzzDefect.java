package io.grasp.samples.fuzz;

import io.grasp.samples.mutation.SourceEdit;
import java.util.List;

/**
 * A defect that a fuzz target must find.
 *
 * @param name a description of the defect
 * @param target the class of the target
 * @param place the changed class, or its changed member
 * @param edit the change that causes it
 */
record FuzzDefect(String name, String target, String place, SourceEdit edit) {
    private static final String ENGINE = "io.grasp.simulation.fuzz.EngineFuzzTest";

    static List<FuzzDefect> all() {
        return List.of(
                new FuzzDefect(
                        "a scanner that is reset keeps the number of items",
                        "io.grasp.wire.FramerScriptFuzzTest",
                        "CborScanner.reset",
                        new SourceEdit("items = 0;", "")),
                new FuzzDefect(
                        "removed floods with a link-local tag stay charged",
                        ENGINE,
                        "FloodCache.remove",
                        new SourceEdit(
                                "copy.place.leave();",
                                "if (copy.origin.key().linkIndex() == 0) { copy.place.leave(); }")),
                new FuzzDefect(
                        "a relay does not decrement a loop count of 255",
                        ENGINE,
                        "DiscoveryRelay",
                        new SourceEdit(
                                "objective().loopCount() - 1;",
                                "objective().loopCount() - (discovery.objective().loopCount() == 255 ? 0 : 1);")),
                new FuzzDefect(
                        "a multicast from beyond the link is answered",
                        ENGINE,
                        "Dispatcher",
                        new SourceEdit(
                                "return context.addresses.canSendOn(link, source.getAddress())",
                                "return link.index() > 0")),
                new FuzzDefect(
                        "the first sources keep all places",
                        ENGINE,
                        "FairPlaces.victim",
                        new SourceEdit(
                                "LinkShare link = links.get(source.link()); LinkShare largest =",
                                "if (used > 0) { return null; }"
                                        + " LinkShare link = links.get(source.link()); LinkShare largest =")),
                new FuzzDefect(
                        "a DULL instance accepts each objective that has a tag",
                        "io.grasp.simulation.fuzz.DullFuzzTest",
                        "DullGuard.flood",
                        new SourceEdit(
                                "if (reason == null && !rules",
                                "if (reason == null && tagged.locator() == null && !rules")),
                new FuzzDefect(
                        "only the first option of a message is handled",
                        "io.grasp.simulation.fuzz.ExtensionFuzzTest",
                        "Extensions.optionsIn",
                        new SourceEdit(
                                "context.drop(DropReason.NO_DEMAND, path); }",
                                "context.drop(DropReason.NO_DEMAND, path); } break;")));
    }

    @Override
    public String toString() {
        return name;
    }
}
