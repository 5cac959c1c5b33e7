#include "app/followers.h"

#include "app/program.h"
#include "dossiers/search.h"
#include "dossiers/statistics.h"
#include "ioc/forecast/follower.h"
#include "ioc/index766/follower.h"
#include "ioc/indicators/rollup.h"
#include "links/portal/questions_found.h"

namespace hl::app {

void add_all_followers(Program& program) {
    program.followers().add(std::make_shared<dossiers::DossierStatistics>());
    program.followers().add(std::make_shared<dossiers::DossierSearch>([&program] { return program.context(); }));
    program.followers().add(std::make_shared<links::portal::QuestionSearch>([&program] { return program.context(); }));
    program.followers().add(std::make_shared<index766::Index766>());
    program.followers().add(program.rollup());
    program.followers().add(std::make_shared<forecast::ForecastFollower>());
}

}  // namespace hl::app
