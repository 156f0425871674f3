package io.grasp.samples.conformance;

/**
 * A normative statement of an RFC, in this project's own words.
 *
 * @param id RFC, section and ordinal
 * @param level the RFC's word for how much it matters
 * @param responsible who must see to it
 * @param text what is to be so
 * @param notApplicable why no test proves it, or null
 */
record Statement(String id, String level, Responsible responsible, String text, String notApplicable) {
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
            throw new IllegalArgumentException("Nobody is called " + word);
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

    Statement because(String reason) {
        return new Statement(id, level, responsible, text, reason);
    }

    /** {@return the number of its RFC} */
    String rfc() {
        return id.substring(0, id.indexOf('-'));
    }
}
