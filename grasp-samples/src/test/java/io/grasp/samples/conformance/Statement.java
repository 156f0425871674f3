package io.grasp.samples.conformance;

/**
 * A normative statement of an RFC, in this project's own words.
 *
 * @param id RFC, section and ordinal
 * @param level the RFC's word for how much it matters
 * @param responsible the responsible party, such as the core or the ASA
 * @param text what is to be so
 * @param notApplicable why it is not the core's, or null
 * @param missing what does not do it yet, or null
 */
record Statement(String id, String level, Responsible responsible, String text, String notApplicable, String missing) {
    /** Who must see to a statement. */
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

    /** {@return whether the core must do or not do it, in the words of BCP 14} */
    boolean isMustOfCore() {
        return responsible == Responsible.CORE && level.startsWith("MUST");
    }

    /** {@return whether a test is to prove it} */
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
