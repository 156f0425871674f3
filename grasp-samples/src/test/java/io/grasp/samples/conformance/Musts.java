package io.grasp.samples.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The MUST and MUST NOT statements of the core that tests must prove, and a random selection of them. */
final class Musts {
    /** The seed: the month in which RFC 8990 was published, not chosen for its results. */
    static final long SEED = 202105;

    /** The number of selected statements. */
    static final int DRAWN = 40;

    private Musts() {}

    /** {@return the IDs of all, in the order of the data file} */
    static List<String> all() {
        return StatementsFile.read().stream()
                .flatMap(section -> section.statements().stream())
                .filter(Statement::isMustOfCore)
                .filter(Statement::isToBeProven)
                .map(Statement::id)
                .toList();
    }

    /** {@return the IDs that the seed selects, in the order of the data file} */
    static List<String> drawn() {
        List<String> shuffled = new ArrayList<>(all());
        Collections.shuffle(shuffled, new Random(SEED));
        List<String> first = shuffled.subList(0, DRAWN);
        return all().stream().filter(first::contains).toList();
    }
}
