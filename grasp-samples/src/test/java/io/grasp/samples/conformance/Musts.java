package io.grasp.samples.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What the core must do and must not do, as far as tests are to prove it, and some of that drawn by chance. */
final class Musts {
    /** The month in which RFC 8990 was published, and nothing that anybody chose for what it draws. */
    static final long SEED = 202105;

    /** How many are drawn. */
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

    /** {@return the IDs that the seed draws, in the order of the data file} */
    static List<String> drawn() {
        List<String> shuffled = new ArrayList<>(all());
        Collections.shuffle(shuffled, new Random(SEED));
        List<String> first = shuffled.subList(0, DRAWN);
        return all().stream().filter(first::contains).toList();
    }
}
