package io.grasp.samples.conformance;

/**
 * A normative statement of an RFC, in this project's own words.
 *
 * @param id RFC, section and ordinal
 * @param level the RFC's requirement level
 * @param responsible the responsible party, such as the core or the ASA
 * @param text the statement
 * @param notApplicable why it does not apply to the core, or null
 * @param missing the part of it that the core does not fulfil, or null if there is none
 */
record Statement(String id, String level, Responsible responsible, String text, String notApplicable, String missing) {
    /** The party responsible for a statement. */
    enum Responsible {
        CORE("core"),
        ASA("ASA"),
        DESIGNER("designer"),
        OPERATOR("operator"),
        SUBSTRATE("substrate"),
        IETF("IETF");

        private final String word;

        Responsible(String word) {
            this.word = word;
        }

        static Responsible of(String word) {
            for (Responsible responsible : values()) {
                if (responsible.word.equals(word)) {
                    return responsible;
                }
            }
            throw new IllegalArgumentException("unknown party: " + word);
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** {@return whether it is a MUST or MUST NOT (BCP 14) of the core} */
    boolean isMustOfCore() {
        return responsible == Responsible.CORE && level.startsWith("MUST");
    }

    /** {@return whether a test must prove it} */
    boolean isToBeProven() {
        return notApplicable == null && missing == null;
    }

    Statement notApplicable(String reason) {
        return new Statement(id, level, responsible, text, reason, missing);
    }

    Statement missing(String what) {
        return new Statement(id, level, responsible, text, notApplicable, what);
    }

    /** {@return the number of its RFC} */
    String rfc() {
        return id.substring(0, id.indexOf('-'));
    }
}
