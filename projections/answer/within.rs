//! What a reader may see. Rows outside are absent, as if they did not exist.

use traccia_domain::{PointId, ProgrammeId, ProjectId};

use super::Sql;

/// The part of the tables an answer may show; `None` is no limit, an empty list shows nothing. The limits add up: what is
/// shown is within all three. A total is shown only to those who may see all of what it sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Only these programmes.
    pub programmes: Option<Vec<ProgrammeId>>,
    /// Only these projects.
    pub projects: Option<Vec<ProjectId>>,
    /// Only these points.
    pub points: Option<Vec<PointId>>,
}

impl Within {
    /// No limit.
    #[must_use]
    pub fn everything() -> Within {
        Within::default()
    }

    /// Whether there is no limit at all.
    #[must_use]
    pub fn unlimited(&self) -> bool {
        self.programmes.is_none() && self.projects.is_none() && self.points.is_none()
    }

    /// Whether figures of a whole programme, or of its provinces and months, may be shown.
    pub(crate) fn whole_programme(&self, programme: &str) -> bool {
        listed(self.programmes.as_deref(), programme, ProgrammeId::as_str)
            && self.projects.is_none()
            && self.points.is_none()
    }

    /// Whether figures of a whole project may be shown.
    pub(crate) fn whole_project(&self, programme: &str, project: &str) -> bool {
        listed(self.programmes.as_deref(), programme, ProgrammeId::as_str)
            && listed(self.projects.as_deref(), project, ProjectId::as_str)
            && self.points.is_none()
    }

    /// Whether a point may be shown.
    pub(crate) fn point(&self, programme: &str, project: &str, point: &str) -> bool {
        listed(self.programmes.as_deref(), programme, ProgrammeId::as_str)
            && listed(self.projects.as_deref(), project, ProjectId::as_str)
            && listed(self.points.as_deref(), point, PointId::as_str)
    }

    /// Limits a query to the points within; `p` is its name for the table of points.
    pub(crate) fn points_of(&self, sql: &mut Sql) {
        self.projects_of(sql, "p.programme", "p.project");
        if let Some(points) = &self.points {
            sql.push(" and p.id in ").list(points.iter().map(|id| id.as_str().to_owned()));
        }
    }

    /// Limits a query by a programme's and a project's column alone.
    pub(crate) fn projects_of(&self, sql: &mut Sql, programme: &str, project: &str) {
        if let Some(programmes) = &self.programmes {
            sql.push(format!(" and {programme} in ")).list(programmes.iter().map(|id| id.as_str().to_owned()));
        }
        if let Some(projects) = &self.projects {
            sql.push(format!(" and {project} in ")).list(projects.iter().map(|id| id.as_str().to_owned()));
        }
    }

    /// Limits a query on projects (`j`): whole projects, so nothing to those who see only some points.
    pub(crate) fn whole_projects_of(&self, sql: &mut Sql) {
        self.projects_of(sql, "j.programme", "j.id");
        if self.points.is_some() {
            sql.push(" and 1 = 0");
        }
    }

    /// Limits a query by a programme's column to programmes that may be shown whole.
    pub(crate) fn whole_programmes_of(&self, sql: &mut Sql, programme: &str) {
        if let Some(programmes) = &self.programmes {
            sql.push(format!(" and {programme} in ")).list(programmes.iter().map(|id| id.as_str().to_owned()));
        }
        if self.projects.is_some() || self.points.is_some() {
            sql.push(" and 1 = 0");
        }
    }

    /// Limits a query on projects (`j`) to those of which something may be shown. `$1` is the position.
    pub(crate) fn parts_of_projects(&self, sql: &mut Sql) {
        self.projects_of(sql, "j.programme", "j.id");
        if let Some(points) = &self.points {
            sql.push(" and exists (select 1 from point p where p.project = j.id and p.since <= $1 and p.id in ");
            sql.list(points.iter().map(|id| id.as_str().to_owned())).push(")");
        }
    }

    /// Limits a query on programmes (`g`). Their definitions are published: whoever sees one of a programme's projects or
    /// points sees the definition too, though no figures of the whole. `$1` is the position.
    pub(crate) fn definitions_of(&self, sql: &mut Sql) {
        if let Some(programmes) = &self.programmes {
            sql.push(" and g.id in ").list(programmes.iter().map(|id| id.as_str().to_owned()));
        }
        if let Some(projects) = &self.projects {
            sql.push(" and exists (select 1 from project j where j.programme = g.id and j.since <= $1 and j.id in ");
            sql.list(projects.iter().map(|id| id.as_str().to_owned())).push(")");
        }
        if let Some(points) = &self.points {
            sql.push(" and exists (select 1 from point p where p.programme = g.id and p.since <= $1 and p.id in ");
            sql.list(points.iter().map(|id| id.as_str().to_owned())).push(")");
        }
    }
}

fn listed<T>(list: Option<&[T]>, id: &str, text: impl Fn(&T) -> &str) -> bool {
    list.is_none_or(|list| list.iter().any(|one| text(one) == id))
}
